-- One row per validity whose figures cannot be carried over to one area of today: they keep a series of their own.
-- key: validity
-- columns: validity, series_code, home_code
-- from: destinations, reached_validities, validities, areas_of_today, area_descendants, reference_levels
--
-- These ended in several areas of today, or in an area of a higher level, of which they are a part. The series counts in
-- its home, the lowest area of today that holds all that came of it. Its code is that of the last validity before they
-- part, with the month from which that was in use where another area bears the code, today or once: `330502@1983-01`.

create table split_validities as
with

parted as (
    select
        destinations.*,
        validities.area_code || case
            when validities.area_code in (select area_code from areas_of_today)
                or count(distinct destinations.destination_codes) over (partition by validities.area_code) > 1
                then strftime(validities.valid_from, '@%Y-%m')
            else ''
        end as own_code
    from destinations
    join validities
        on validities.validity = destinations.validity
    join reference_levels
        on reference_levels.level = validities.level
    left join areas_of_today
        on areas_of_today.area_code = destinations.destination_codes[1]
    where len(destinations.destination_codes) > 1
        or areas_of_today.depth < reference_levels.depth
),

-- of the validities that end in the same areas of today, the last before they part
named as (
    select
        parted.validity,
        any_value(parted.destination_codes) as destination_codes,
        arg_min(last_one.own_code, (last_one.steps, last_one.own_code)) as series_code
    from parted
    join reached_validities
        on reached_validities.validity = parted.validity
    join parted as last_one
        on last_one.validity = reached_validities.reached
        and len(last_one.destination_codes) = len(parted.destination_codes)
    group by parted.validity
),

holders as (
    select
        named.validity,
        area_descendants.area_code,
        area_descendants.depth
    from named
    join area_descendants
        on list_contains(named.destination_codes, area_descendants.member_code)
    group by named.validity, area_descendants.area_code, area_descendants.depth, len(named.destination_codes)
    having count(*) = len(named.destination_codes)
),

homes as (
    select
        validity,
        arg_max(area_code, depth) as area_code
    from holders
    group by validity
)

select
    named.validity,
    named.series_code,
    homes.area_code as home_code
from named
left join homes
    on homes.validity = named.validity;
