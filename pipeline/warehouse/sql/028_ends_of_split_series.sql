-- One row per series of an area that was split: the last month in which it was in use, by the day of the edition.
-- key: series_code
-- columns: series_code, last_month
-- from: series, edition

create table ends_of_split_series as
select
    series_code,
    coalesce(
        max(last_month) filter (valid_from <= (select month from edition)),
        max(last_month)
    ) as last_month
from series
where is_split
group by series_code;
