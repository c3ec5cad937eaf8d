-- One row per area in use in the month of the edition; `depth` counts the levels from the top, which is 0.
-- key: area_code
-- columns: area_code, name, level, parent_code, valid_from, depth
-- from: validities, reference_levels

create table areas_of_today as
select
    validities.area_code,
    validities.name,
    validities.level,
    validities.parent_code,
    validities.valid_from,
    reference_levels.depth
from validities
join reference_levels
    on reference_levels.level = validities.level
where validities.is_of_today;
