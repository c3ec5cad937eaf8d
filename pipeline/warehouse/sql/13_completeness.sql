-- returns       one row per source, area of today and month of which any file holds a figure  (all three are the key)
-- due_returns   one row per source, reporting area and month due                              key: source, area_code, month
-- completeness  one row per area of today, source and month                                   key: area_code, source, month
-- from: source_totals, named_areas, files, sources, series, areas_of_today, area_descendants, calendar, edition
-- Due are the areas of the level that the source names, from its first month, and figures of areas within them are their
-- return; else those that once came, from their first return. In time is a return whose first file came in time: what is sent again later does not make it late.

-- the 31st of a short month is its last day
create macro day_due(month, months_after, day) as
    least(
        last_day(month + to_months(months_after::integer)),
        (month + to_months(months_after::integer) + to_days(day::integer - 1))::date
    );

create table returns as
with

sent as (
    select distinct
        file_id,
        source,
        area_code,
        period
    from source_totals
),

due_holders as (
    select
        sources.source,
        area_descendants.member_code,
        area_descendants.area_code
    from area_descendants
    join areas_of_today
        on areas_of_today.area_code = area_descendants.area_code
    join sources
        on sources.due_level = areas_of_today.level
)

select
    sent.source,
    coalesce(due_holders.area_code, named_areas.series_code) as area_code,
    sent.period as month,
    min(files.received) as received
from sent
join named_areas
    on named_areas.area_code = sent.area_code
    and named_areas.period = sent.period
join files
    on files.file_id = sent.file_id
join areas_of_today
    on areas_of_today.area_code = named_areas.series_code
left join due_holders
    on due_holders.source = sent.source
    and due_holders.member_code = named_areas.series_code
group by all;

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

create table completeness as
with

noted as (
    select distinct source
    from files
    where received is not null
),

added_up as (
    select
        area_descendants.area_code,
        due_returns.source,
        due_returns.month,
        count(*) as expected,
        count(*) filter (due_returns.has_come) as actual,
        count(*) filter (due_returns.received <= due_returns.due) as on_time,
        count(due_returns.due) > 0
            and (count(due_returns.received) > 0 or not bool_or(due_returns.has_come)) as is_timed
    from due_returns
    join area_descendants
        on area_descendants.member_code = due_returns.area_code
    group by area_descendants.area_code, due_returns.source, due_returns.month
),

counted as (
    select
        *,
        max(case when actual > 0 then month end) over by_month as last_return,
        min(month) over by_month as first_due
    from added_up
    window by_month as (partition by area_code, source order by month rows unbounded preceding)
)

select
    counted.area_code,
    counted.source,
    counted.month,
    counted.expected,
    counted.actual,
    case when counted.is_timed and noted.source is not null then counted.on_time end as on_time,
    coalesce(
        datediff('month', counted.last_return, counted.month),
        datediff('month', counted.first_due, counted.month) + sources.every_months
    ) as months_silent
from counted
join sources
    on sources.source = counted.source
left join noted
    on noted.source = counted.source;
