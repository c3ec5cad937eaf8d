-- One row per window with a missing month, and cumulative count that it is made of, with its sign.
-- key: area_code, element, time_window, month, cumulative_month
-- from: window_totals, time_windows, window_bridges
--
-- A window that is not in here is the sum of its months, or unknown.

create table lineage_of_windows as
select
    window_totals.area_code,
    window_totals.element,
    time_windows.time_window,
    time_windows.month,
    window_bridges.month as cumulative_month,
    window_bridges.sign
from window_totals
join time_windows
    on time_windows.window_number = window_totals.window_number
join window_bridges
    on window_bridges.window_number = window_totals.window_number
where window_totals.is_bridged;
