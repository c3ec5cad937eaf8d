-- One row per area and period that any file names: whose series it is.
-- key: area_code, period
-- columns: area_code, period, series_code, current_code, line, in_use, months_off
-- from: source_totals, series
--
-- `in_use` is the nearest month in which the code was in use, and `months_off` how far the period lies from it.

create table named_areas as
with

named as (
    select distinct
        area_code,
        period
    from source_totals
)

select
    named.area_code,
    named.period,
    series.series_code,
    series.current_code,
    series.line,
    greatest(series.valid_from, least(named.period, series.last_month)) as in_use,
    abs(datediff('month', named.period, in_use)) as months_off
from named
asof join series
    on series.area_code = named.area_code
    and named.period >= series.applies_from;
