-- One row per window and cumulative count that bridges a missing month of it, with its sign.
-- key: window_number, month
-- columns: window_number, month, sign
-- from: time_windows
--
-- January to the last month; less that before the first month; and where the window began in the year before, that year.

create table window_bridges as
select
    window_number,
    month,
    1 as sign
from time_windows
where time_window <> 'month'

union all

select
    window_number,
    previous_month(first_month) as month,
    -1 as sign
from time_windows
where time_window <> 'month'
    and month(first_month) > 1

union all

select
    window_number,
    make_date(year(first_month), 12, 1) as month,
    1 as sign
from time_windows
where year(first_month) < year(month);
