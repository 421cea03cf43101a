"""Past one machine: Celery workers take the runs of the ordinary definitions (docs/scaling.md; the extra `scale`)."""
