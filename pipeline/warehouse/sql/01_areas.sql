-- validities      one row per area and validity, with what follows it            key: validity
-- successions     one row per area that ended and area that followed it          key: predecessor, successor
-- areas_of_today  the areas of the edition's month                               key: area_code
-- area_descendants  every area of today and each area of today within it           key: area_code, member_code
-- from: reference_areas, reference_levels, edition
-- A code counts in the months around its validity up to half of the gap to its neighbour: `applies_from`.

create table validities as
with

ended as (
    select
        *,
        least(
            coalesce(valid_to, date '9999-12-01'),
            coalesce(lead(valid_from) over by_start - interval 1 month, date '9999-12-01')
        )::date as last_month
    from reference_areas
    window by_start as (partition by area_code order by valid_from)
),

bordered as (
    select
        *,
        lag(last_month) over (partition by area_code order by valid_from) as previous_last_month
    from ended
),

final as (
    select
        row_number() over (order by area_code, valid_from) as validity,
        area_code,
        valid_from,
        last_month,
        case
            when previous_last_month is null then date '0001-01-01'
            else (valid_from - to_months((datediff('month', previous_last_month, valid_from) - 1)::integer // 2))::date
        end as applies_from,
        name,
        level,
        parent_code,
        valid_to,
        nullif(successor_codes, '') as successor_codes,
        name_en,
        (select month from edition) between valid_from and last_month as is_of_today
    from bordered
)

select * from final;

-- the successor is the validity in use the month after, else the next to begin, else the last that ended;
-- a code that is used again goes on without naming itself
create table successions as
with

named as (
    select
        validity,
        (last_month + interval 1 month)::date as month,
        trim(unnest(string_split(coalesce(successor_codes, area_code), '|'))) as successor_code
    from validities
    where last_month < date '9999-12-01'
),

ranked as (
    select
        named.validity as predecessor,
        later.validity as successor,
        named.month,
        row_number() over (
            partition by named.validity, named.successor_code
            order by
                case
                    when named.month between later.valid_from and later.last_month then 0
                    when later.valid_from > named.month then 1
                    else 2
                end,
                abs(datediff('month', named.month, later.valid_from)),
                later.validity
        ) as place
    from named
    join validities as later
        on later.area_code = named.successor_code
        and later.validity <> named.validity
)

select distinct
    predecessor,
    successor,
    month
from ranked
where place = 1;

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

create table area_descendants as
with recursive

walked as (
    select
        area_code,
        area_code as member_code,
        depth,
        depth as member_depth
    from areas_of_today

    union

    select
        walked.area_code,
        below.area_code as member_code,
        walked.depth,
        below.depth as member_depth
    from walked
    join areas_of_today as below
        on below.parent_code = walked.member_code
        and below.depth > walked.member_depth
)

select
    area_code,
    member_code,
    depth,
    member_depth - depth as distance
from walked;
