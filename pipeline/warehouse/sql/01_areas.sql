-- areas          one row per area and validity                key: area_code, valid_from
-- current_areas  every code ever used and the code of today   key: area_code
-- lineage        every area of today and each area within it  key: area_code, member_code  (itself included)
-- from: reference_areas, reference_levels, edition

create table areas as
select
    area_code,
    valid_from,
    name,
    level,
    parent_code,
    valid_to,
    nullif(successor_codes, '') as successor_codes
from reference_areas;

create table current_areas as
with recursive

followed as (
    select
        area_code,
        area_code as current_code,
        0 as steps
    from areas

    union

    select
        followed.area_code,
        areas.successor_codes as current_code,
        followed.steps + 1
    from followed
    join areas
        on areas.area_code = followed.current_code
    where areas.valid_to is not null
        and areas.successor_codes not like '%|%'
        and followed.steps < 20
)

select
    area_code,
    arg_max(current_code, steps) as current_code
from followed
group by area_code;

create table areas_of_today as
select
    areas.area_code,
    areas.name,
    areas.level,
    areas.parent_code,
    areas.valid_from,
    reference_levels.depth
from areas
join reference_levels
    on reference_levels.level = areas.level
where areas.valid_from <= (select month from edition)
    and (areas.valid_to is null or areas.valid_to >= (select month from edition));

create table lineage as
with recursive

walked as (
    select
        area_code,
        area_code as member_code,
        0 as distance
    from areas_of_today

    union all

    select
        walked.area_code,
        areas_of_today.area_code as member_code,
        walked.distance + 1
    from walked
    join areas_of_today
        on areas_of_today.parent_code = walked.member_code
)

select
    area_code,
    member_code,
    distance
from walked;
