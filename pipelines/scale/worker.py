"""The Celery application of a worker: `celery -A pipelines.scale.worker worker -Q publish`."""

import os

from dagster_celery.config import DEFAULT_CONFIG
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task

from pipelines.definitions import defs

_redis = os.environ["BENCHMARK_SCALE_REDIS"]
app = make_app(
    {
        "broker": _redis,
        "backend": _redis,
        "config_source": {
            **DEFAULT_CONFIG,
            # a worker reserves no run but the one it executes, so that a dying one takes no other with it
            "task_acks_late": True,
            "worker_prefetch_multiplier": 1,
            "broker_connection_retry_on_startup": True,
        },
    }
)
execute_job = create_execute_job_task(app)
# loaded before the first run, so that a run begins as soon as it is taken
defs()
