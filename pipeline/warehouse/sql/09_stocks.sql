-- stocks        one row per area, month and stock element  key: area_code, month, element
-- vital_events  one row per area and month                  key: area_code, month
-- from: counts, calendar, elements, areas_of_today
-- A stock is known at month ends. Between two known months it is interpolated, after the last it is carried forward
-- for a year, before the first it is unknown. `value` is the known stock, `average` the mean of the month's opening and
-- closing stock.

create table stocks as
with

known as (
    select
        counts.area_code,
        counts.month,
        counts.element,
        counts.value,
        calendar.stretch,
        datediff('month', date '1900-01-01', counts.month) as month_number
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
        last_value(case when value is not null then month_number end ignore nulls) over before as month_before,
        first_value(value ignore nulls) over behind as value_after,
        first_value(case when value is not null then month_number end ignore nulls) over behind as month_after
    from known
    window
        before as (partition by area_code, element order by month rows between unbounded preceding and current row),
        behind as (partition by area_code, element order by month rows between current row and unbounded following)
),

closing as (
    select
        area_code,
        month,
        element,
        stretch,
        case
            when value is not null then value
            when value_before is not null and value_after is not null then
                value_before + (value_after - value_before) * (month_number - month_before) / (month_after - month_before)
            when month_number - month_before <= 12 then value_before
        end as value,
        value is null as is_estimated
    from surrounded
),

final as (
    select
        area_code,
        month,
        element,
        case when not is_estimated then value end as value,
        (coalesce(lag(value) over by_month, value) + value) / 2.0 as average,
        is_estimated or coalesce(lag(is_estimated and value is not null) over by_month, false) as is_estimated
    from closing
    window by_month as (partition by area_code, element, stretch order by month)
)

select * from final;

create table vital_events as
with

events as (
    select
        area_code,
        month,
        max(value) filter (element = 'births_male') as births_male,
        max(value) filter (element = 'births_female') as births_female,
        max(value) filter (element = 'births') as births,
        max(value) filter (element = 'deaths') as deaths
    from counts
    group by all
),

final as (
    select
        events.area_code,
        events.month,
        areas_of_today.level,
        areas_of_today.parent_code,
        events.births_male::double as births_male,
        events.births_female::double as births_female,
        events.births::double as births,
        events.deaths::double as deaths,
        stocks.average * day(last_day(events.month)) / dayofyear(make_date(year(events.month), 12, 31)) as person_years
    from events
    join areas_of_today
        on areas_of_today.area_code = events.area_code
    left join stocks
        on stocks.area_code = events.area_code
        and stocks.month = events.month
        and stocks.element = 'population'
)

select * from final;
