-- One row per area of today and month from which its series is another.
-- key: area_code, month
-- from: validities, successions, series, areas_of_today, edition

create table breaks as
with

entered as (
    select
        coalesce(series.series_code, after.area_code) as area_code,
        successions.month,
        after.validity as successor,
        after.valid_from < successions.month as had_existed,
        before.area_code as predecessor_code,
        before.name as predecessor_name,
        before.area_code = after.area_code as is_same_code,
        before.name = after.name as is_same_name,
        series_before.series_code is not distinct from series.series_code as is_carried_over,
        count(*) over (partition by successions.predecessor) as successors
    from successions
    join validities as before
        on before.validity = successions.predecessor
    join validities as after
        on after.validity = successions.successor
    join series
        on series.validity = after.validity
    join series as series_before
        on series_before.validity = before.validity
    where successions.month <= (select month from edition)
),

of_each_successor as (
    select
        area_code,
        month,
        case
            when bool_or(had_existed) or (bool_or(is_same_code) and count(*) > 1) then 'enlarged'
            when max(successors) > 1 then 'split'
            when count(*) > 1 then 'merged'
            when bool_and(is_same_name) and not bool_or(is_same_code) then 'recoded'
            when not bool_and(is_same_name) then 'renamed'
        end as kind,
        list({'code': predecessor_code, 'name': predecessor_name}) as predecessors,
        bool_and(is_carried_over) as is_carried_over
    from entered
    group by area_code, month, successor
),

final as (
    select
        of_each_successor.area_code,
        of_each_successor.month,
        arg_min(of_each_successor.kind, list_position(['merged', 'enlarged', 'split', 'renamed', 'recoded'], kind)) as kind,
        list_sort(list_distinct(list_transform(
            flatten(list(of_each_successor.predecessors)), lambda area: area.code || ' ' || area.name
        ))).array_to_string('|') as predecessors,
        bool_and(of_each_successor.is_carried_over) as is_carried_over
    from of_each_successor
    join areas_of_today
        on areas_of_today.area_code = of_each_successor.area_code
    where of_each_successor.kind is not null
    group by of_each_successor.area_code, of_each_successor.month
)

select * from final;
