"""What a run says about itself in the list of runs, whether it was started in the UI or from the command line."""

from collections.abc import Mapping

import dagster as dg

PARTITION_TAG = "dagster/partition"
# on a run that makes what has changed, and leaves a table where all that it is made from has the rows that it had
ONLY_CHANGED_TAG = "benchmark/only_what_changed"


def about(council: str, comparators: str, year: str = "") -> dict[str, str]:
    """The tags that say what a run is about: a council by its page name, its comparators, the year or the latest."""
    return {"council": council, "comparators": comparators, "year": year or "latest"}


def partition(context: dg.InitResourceContext) -> str:
    """The partition of the run for which a resource is set up, or nothing."""
    return context.run.tags.get(PARTITION_TAG, "") if context.run is not None else ""


def tag_run(context: dg.InitResourceContext, tags: Mapping[str, str]) -> None:
    """Put tags on the run for which a resource is set up; none where a resource is used outside a run."""
    if context.instance is not None and context.run is not None:
        context.instance.add_run_tags(context.run.run_id, dict(tags))


def tag_warnings(context: dg.InitResourceContext) -> None:
    """Put the number of failed checks on the run."""
    if context.instance is not None and context.run is not None:
        entries = context.instance.all_logs(context.run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
        evaluations = (entry.dagster_event.asset_check_evaluation_data for entry in entries if entry.dagster_event)
        tag_run(context, {"warnings": str(sum(not evaluation.passed for evaluation in evaluations))})
