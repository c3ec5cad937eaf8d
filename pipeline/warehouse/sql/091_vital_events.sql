-- One row per area and month: births, deaths and person-years, as the statistics read them.
-- key: area_code, month
-- from: counts, areas_of_today, stocks

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
        stocks.average * day(last_day(events.month)) / days_of_year(events.month) as person_years
    from events
    join areas_of_today
        on areas_of_today.area_code = events.area_code
    left join stocks
        on stocks.area_code = events.area_code
        and stocks.month = events.month
        and stocks.element = 'population'
)

select * from final;
