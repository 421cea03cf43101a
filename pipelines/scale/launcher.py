"""Runs on Celery workers whose death is noticed.

Dagster-celery believes a run to be running until its task says otherwise, and a worker that was killed says nothing:
the run would never end. Here the worker is asked whether it still has the task.
"""

from typing import Any

from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

PATIENCE_SECONDS = 5.0  # for a worker's main process, which does no work itself, to answer


class Launcher(CeleryRunLauncher):
    """Hands runs to Celery workers, and finds those whose worker is gone, which run monitoring then starts again."""

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        health = super().check_run_worker_health(run)
        if health.status != WorkerStatus.RUNNING:
            return health
        worker = self.worker_of(run)
        if self._has(worker, run.tags[DAGSTER_CELERY_TASK_ID_TAG]):
            return health
        # the task may have ended between the two questions
        again = super().check_run_worker_health(run)
        if again.status != WorkerStatus.RUNNING:
            return again
        return CheckRunHealthResult(
            WorkerStatus.FAILED, f"The worker {worker} does not answer or knows nothing of this run."
        )

    def worker_of(self, run: DagsterRun) -> str:
        """The name of the worker that began the run, or nothing."""
        answer = self.celery.AsyncResult(run.tags[DAGSTER_CELERY_TASK_ID_TAG]).info
        return str(answer.get("hostname", "")) if isinstance(answer, dict) else ""

    def _has(self, worker: str, task_id: str) -> bool:
        asked: Any = self.celery.control.inspect(destination=[worker], timeout=PATIENCE_SECONDS)
        answers = asked.query_task(task_id) or {}
        return any(task_id in held for held in answers.values())
