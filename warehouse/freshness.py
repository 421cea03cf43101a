"""What comes from outside, and how old it may get: the UI shows it as fresh, ageing or stale.

A relation may be made today from inputs that are years old. So what ages is an arrival: something that no run makes, of
which a run notes that it came.
"""

from datetime import timedelta

import dagster as dg

from warehouse.settings import Settings

# a weekly refresh, and a day; a second one missed
WEEKLY = dg.FreshnessPolicy.time_window(warn_window=timedelta(days=8), fail_window=timedelta(days=15))
# a quarterly extract or plan, and ten days; a second one missed
QUARTERLY = dg.FreshnessPolicy.time_window(warn_window=timedelta(days=102), fail_window=timedelta(days=194))

SITE_READ = dg.AssetKey(["ombudsman", "site"])
REGISTER_DELIVERED = dg.AssetKey(["council", "register_extract"])
PLAN_DELIVERED = dg.AssetKey(["council", "improvement_plan"])


def outside_assets() -> list[dg.AssetSpec]:
    """What no run makes: the Ombudsman's site, the council's extracts and plans."""
    return [
        dg.AssetSpec(
            SITE_READ,
            group_name="sources",
            kinds={"html"},
            freshness_policy=WEEKLY,
            description=(
                "The Ombudsman's website. We note each complete visit. After a week without one the figures count as "
                "old, because a new year may be out."
            ),
        ),
        dg.AssetSpec(
            REGISTER_DELIVERED,
            group_name="sources",
            kinds={"csv"},
            freshness_policy=QUARTERLY,
            description="Extracts of the council's own complaints. We note each new delivery.",
        ),
        dg.AssetSpec(
            PLAN_DELIVERED,
            group_name="sources",
            kinds={"yaml"},
            freshness_policy=QUARTERLY,
            description="The council's improvement plan. We note each new delivery.",
        ),
    ]


def note_arrival(context: dg.AssetExecutionContext, key: dg.AssetKey, what: str, settings: Settings) -> None:
    """Note that something came from outside, unless nothing did or the same was noted last. The example's is none."""
    if not what or settings.is_example:
        return
    last = context.instance.get_latest_materialization_event(key)
    noted = last.asset_materialization.metadata.get("what") if last and last.asset_materialization else None
    if noted is None or noted.value != what:
        context.log_event(dg.AssetMaterialization(key, metadata={"what": what}))
