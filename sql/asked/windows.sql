-- One row: $council, or its comparators in the group $comparators together, over dates of which every decision about them was
-- read: how many decisions found Stage 2 late. The newest dates of the council, and its comparators of the same dates.
with ours as (
    select
        windows.window_start,
        windows.window_end,
    from marts.stage2_windows as windows
    where windows.gss_code = $council
    order by windows.window_end desc, windows.window_start asc
    limit 1
)

select
    windows.gss_code,
    windows.gss_code = $council as is_ours,
    windows.window_start,
    windows.window_end,
    windows.window_start as period_start,
    windows.window_end as period_end,
    windows.stage2_late,
    windows.children,
from marts.stage2_windows as windows
inner join ours
    using (window_start, window_end)
where
    windows.gss_code = $council
    or windows.gss_code in (
        select comparators.comparator_gss_code,
        from core.comparators as comparators
        where comparators.gss_code = $council and comparators.comparator_group = $comparators
    )
order by is_ours desc, windows.gss_code asc
