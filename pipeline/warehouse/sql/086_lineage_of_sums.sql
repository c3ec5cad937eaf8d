-- One row per element, area, and area right below it that is part of its sum.
-- key: area_code, element, part_code
-- from: areas_of_today, series, summation_units, members
--
-- A part that is a unit counts by its own figures; any other is again the sum of its parts. An area that was split is a
-- part of the lowest area of today that holds all that came of it.

create table lineage_of_sums as
with

right_above as (
    select
        area_code as part_code,
        parent_code as area_code
    from areas_of_today

    union

    select
        series_code as part_code,
        current_code as area_code
    from series
    where is_split
),

parts as (
    select
        area_code as part_code,
        element,
        true as is_unit
    from summation_units

    union all

    select distinct
        members.area_code as part_code,
        summation_units.element,
        false as is_unit
    from summation_units
    join members
        on members.member_code = summation_units.area_code
        and members.distance > 0
)

select
    right_above.area_code,
    parts.element,
    parts.part_code,
    parts.is_unit
from parts
join right_above
    on right_above.part_code = parts.part_code
semi join areas_of_today
    on areas_of_today.area_code = right_above.area_code;
