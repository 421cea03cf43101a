-- One row: one council and dates of which every decision about it was read: how many found Stage 2 late, and its children.
-- Of several whole windows of a council, all stand: only the same dates are compared.
select
    windows.gss_code,
    windows.window_start,
    windows.window_end,
    windows.total as decisions,
    count(late.reference) as stage2_late,
    any_value(residents.children) as children,
from core.decision_windows as windows
left join core.decisions as late
    on
        windows.gss_code = late.gss_code
        and late.decided_on between windows.window_start and windows.window_end
        and late.is_late
        and contains(late.late_stages, '2')
left join core.children as residents
    on windows.gss_code = residents.gss_code
where windows.is_whole
group by windows.gss_code, windows.window_start, windows.window_end, windows.total
