"""Runs on Celery workers whose death is noticed.

Dagster-celery believes a run to be running until its task says otherwise, and a worker that was killed says nothing:
the run would never end. Here the worker is asked whether it still has the task.
"""

from typing import Any

from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

# for the main process of a worker to answer: it does no work itself, but its machine may be busy
PATIENCE_SECONDS = 30.0
ENDED = (WorkerStatus.SUCCESS, WorkerStatus.FAILED)


class Launcher(CeleryRunLauncher):
    """Hands runs to Celery workers, and finds those whose worker is gone, which run monitoring then starts again."""

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        health = super().check_run_worker_health(run)
        if health.status in ENDED:
            return health
        worker = self.worker_of(run)
        if self._has(worker, run.tags[DAGSTER_CELERY_TASK_ID_TAG]):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        # the task may have ended between the two questions
        again = super().check_run_worker_health(run)
        if again.status in ENDED:
            return again
        return CheckRunHealthResult(
            WorkerStatus.FAILED,
            f"The worker {worker or 'of this run'} does not answer or does not have this run.",
        )

    def worker_of(self, run: DagsterRun) -> str:
        """The name of the worker that began the run, or nothing."""
        answer = self.celery.AsyncResult(run.tags[DAGSTER_CELERY_TASK_ID_TAG]).info
        return str(answer.get("hostname", "")) if isinstance(answer, dict) else ""

    def _has(self, worker: str, task_id: str) -> bool:
        # a Redis that was restarted no longer knows which worker it is, so that all are asked
        asked: Any = self.celery.control.inspect([worker] if worker else None, timeout=PATIENCE_SECONDS)
        answers = asked.query_task(task_id) or {}
        return any(task_id in held for held in answers.values())
