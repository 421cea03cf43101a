"""`python -m pipelines` is `benchmark`."""

from pipelines.cli import main

main()
