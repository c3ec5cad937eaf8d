-- One row per area, month and stock element: what is known at the end of the month, or filled in.
-- key: area_code, month, element
-- from: counts, calendar, elements
--
-- A stock is known at month ends: `value`. Its `closing` is that; between two known months it is interpolated, after the
-- last it is carried forward for a year (`filled_from` and `filled_to` say from which), before the first it is unknown.
-- `average` is the mean of the month's opening and closing stock.

create table stocks as
with

known as (
    select
        counts.area_code,
        counts.month,
        counts.element,
        counts.value,
        case when counts.value is not null then counts.month end as known_month,
        calendar.stretch
    from counts
    join calendar
        on calendar.month = counts.month
    join elements
        on elements.element = counts.element
    where elements.kind = 'stock'
),

surrounded as (
    select
        *,
        last_value(value ignore nulls) over before as value_before,
        last_value(known_month ignore nulls) over before as month_before,
        first_value(value ignore nulls) over behind as value_after,
        first_value(known_month ignore nulls) over behind as month_after
    from known
    window
        before as (partition by area_code, element order by month rows between unbounded preceding and current row),
        behind as (partition by area_code, element order by month rows between current row and unbounded following)
),

measured as (
    select
        *,
        datediff('month', month_before, month) as months_since,
        datediff('month', month_before, month_after) as months_between
    from surrounded
),

filled_in as (
    select
        *,
        case
            when value is not null then value
            when value_before is not null and value_after is not null then
                value_before + (value_after - value_before) * months_since / months_between
            when months_since <= 12 then value_before
        end as closing
    from measured
),

final as (
    select
        area_code,
        month,
        element,
        value,
        closing,
        (coalesce(lag(closing) over by_month, closing) + closing) / 2.0 as average,
        value is null or coalesce(lag(value is null and closing is not null) over by_month, false) as is_estimated,
        case when value is null and closing is not null then month_before end as filled_from,
        case when value is null and closing is not null then month_after end as filled_to
    from filled_in
    window by_month as (partition by area_code, element, stretch order by month)
)

select * from final;
