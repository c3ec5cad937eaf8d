-- completeness  one row per area of today, source and month  key: area_code, source, month
-- from: observations, current_areas, lineage, calendar, areas_of_today
-- An area is due in every month since its first return to the source; a source is due since its first file.

create table completeness as
with

returns as (
    select distinct
        observations.source,
        current_areas.current_code as area_code,
        observations.period as month
    from observations
    join current_areas
        on current_areas.area_code = observations.area_code
),

reporters as (
    select
        returns.source,
        returns.area_code,
        min(returns.month) as first_month
    from returns
    join areas_of_today
        on areas_of_today.area_code = returns.area_code
    group by all
),

due as (
    select
        reporters.source,
        reporters.area_code,
        calendar.month,
        returns.month is not null as has_come
    from reporters
    join calendar
        on calendar.month >= reporters.first_month
    left join returns
        on returns.source = reporters.source
        and returns.area_code = reporters.area_code
        and returns.month = calendar.month
),

final as (
    select
        lineage.area_code,
        due.source,
        due.month,
        count(*) as expected,
        count(*) filter (due.has_come) as actual,
        null::bigint as on_time
    from due
    join lineage
        on lineage.member_code = due.area_code
    group by all
)

select * from final;
