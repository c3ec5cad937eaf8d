-- One row per area and validity.
-- key: area_code, valid_from
-- from: validities, series

create table areas as
select
    validities.area_code,
    validities.valid_from,
    validities.name,
    validities.level,
    validities.parent_code,
    validities.valid_to,
    validities.successor_codes,
    series.current_code,
    validities.name_en
from validities
join series
    on series.validity = validities.validity;
