-- One row per validity that ended and validity that followed it.
-- key: predecessor, successor
-- columns: predecessor, successor, month
-- from: validities
--
-- `month` is the first after the change. The successor is the validity in use in that month, else the next to begin, else
-- the last that ended. A code that is used again goes on without naming itself.

create table successions as
with

named as (
    select
        validity,
        next_month(last_month) as month,
        trim(unnest(string_split(coalesce(successor_codes, area_code), '|'))) as successor_code
    from validities
    where last_month < date '9999-12-01'
),

nearest as (
    select
        named.validity as predecessor,
        later.validity as successor,
        named.month
    from named
    join validities as later
        on later.area_code = named.successor_code
        and later.validity <> named.validity
    qualify row_number() over (
        partition by named.validity, named.successor_code
        order by
            case
                when named.month between later.valid_from and later.last_month then 0
                when later.valid_from > named.month then 1
                else 2
            end,
            abs(datediff('month', named.month, later.valid_from)),
            later.validity
    ) = 1
)

select distinct
    predecessor,
    successor,
    month
from nearest;
