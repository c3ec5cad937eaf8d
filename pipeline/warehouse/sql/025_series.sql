-- One row per validity: the series that its figures belong to, and the area of today in which they count.
-- key: validity
-- columns: validity, area_code, applies_from, valid_from, last_month, line, is_split, destination_codes, series_code,
-- current_code
-- from: validities, succession_lines, destinations, split_validities
--
-- What ended in one area of today belongs to the series of that; an area that was split keeps its own. Both codes are
-- null where nothing of today follows.

create table series as
select
    validities.validity,
    validities.area_code,
    validities.applies_from,
    validities.valid_from,
    validities.last_month,
    succession_lines.line,
    split_validities.validity is not null as is_split,
    destinations.destination_codes,
    coalesce(split_validities.series_code, destinations.destination_codes[1]) as series_code,
    case
        when split_validities.validity is null then destinations.destination_codes[1]
        else split_validities.home_code
    end as current_code
from validities
join succession_lines
    on succession_lines.validity = validities.validity
join destinations
    on destinations.validity = validities.validity
left join split_validities
    on split_validities.validity = validities.validity;
