-- One row per area of today, source and month: the returns due from the areas within it, and those that came.
-- key: area_code, source, month
-- from: due_returns, sources, files, area_descendants

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
