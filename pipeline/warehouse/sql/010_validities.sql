-- One row per area and validity: the months in which the code is in use, and those in which it counts.
-- key: validity
-- columns: validity, area_code, valid_from, last_month, applies_from, name, level, parent_code, valid_to,
-- successor_codes, name_en, is_of_today
-- from: reference_areas, edition
--
-- `last_month` is 9999-12 while a code is in use. A code also counts in the months around its validity, up to half of the
-- gap to the one before it: `applies_from`.

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
