-- One row per source, reporting area and month in which its return is due.
-- key: source, area_code, month
-- columns: source, area_code, month, has_come, received, due
-- from: returns, sources, series, areas_of_today, calendar
--
-- Due are the areas of the level that the source names, from its first month; else those that once came, from their first
-- return. `due` is the last day in time, null where the source names none.

create table due_returns as
with

first_returns as (
    select
        source,
        area_code,
        min(month) as first_month,
        min(min(month)) over (partition by source) as first_month_of_source
    from returns
    group by source, area_code
),

began as (
    select
        series_code as area_code,
        min(valid_from) as valid_from
    from series
    group by series_code
),

of_level as (
    select
        opened.source,
        areas_of_today.area_code,
        greatest(opened.first_month_of_source, began.valid_from) as first_month
    from (select distinct source, first_month_of_source from first_returns) as opened
    join sources
        on sources.source = opened.source
    join areas_of_today
        on areas_of_today.level = sources.due_level
    join began
        on began.area_code = areas_of_today.area_code
),

reporters as (
    select * from of_level

    union all

    select
        first_returns.source,
        first_returns.area_code,
        first_returns.first_month
    from first_returns
    join sources
        on sources.source = first_returns.source
    where sources.due_level is null
)

select
    reporters.source,
    reporters.area_code,
    calendar.month,
    returns.month is not null as has_come,
    returns.received,
    day_due(calendar.month, sources.due_months_after, sources.due_day) as due
from reporters
join sources
    on sources.source = reporters.source
join calendar
    on calendar.month >= reporters.first_month
    and month(calendar.month) % sources.every_months = 0
left join returns
    on returns.source = reporters.source
    and returns.area_code = reporters.area_code
    and returns.month = calendar.month;
