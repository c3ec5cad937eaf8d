-- One row per validity: the areas of today in which it ended, and the number of validities on the way to them.
-- key: validity
-- columns: validity, destination_codes, steps
-- from: reached_validities, validities

create table destinations as
select
    reached_validities.validity,
    list(distinct validities.area_code order by validities.area_code) filter (validities.is_of_today)
        as destination_codes,
    count(*) as steps
from reached_validities
join validities
    on validities.validity = reached_validities.reached
group by reached_validities.validity;
