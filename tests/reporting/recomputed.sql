-- The figures of an edition's month and what may be shown of them, from the published tables, by queries of our own.
-- Beside the tables of the snapshot there are `spec` (indicators.toml), `named` (names of indicators, elements and
-- sources in both languages); the variables `month`, `smallest` (the least count that is shown) and `targets` (the path
-- of targets.csv); the functions printed(value, decimals) and bare(value).

create macro limits(low, high, decimals) as printed(low, decimals) || ' ' || printed(high, decimals);

create macro named(among, text) as (select min(id) from named where kind = among and name = lower(text));

create table targets as
select indicator, level, coalesce(area_code, '') as area_code, at_least::double as at_least, at_most::double as at_most
from read_csv(getvariable('targets'), all_varchar = true) where year::int = year(getvariable('month'));

-- An area and all that lie in it or did.
create table within as
with recursive below as (
    select distinct area_code, area_code as member from areas
    union
    select below.area_code, areas.area_code from below join areas on areas.parent_code = below.member
)
from below;

create table valid as
select area_code, parent_code, level, name, name_en from areas
where valid_from <= getvariable('month') and coalesce(valid_to, getvariable('month')) >= getvariable('month');

-- Indicators of the month with their specification, and the target of the area itself, else of its level.
create table known as
select indicators.*, spec.* exclude (indicator, method), level, parent_code, name, name_en, at_least, at_most
from indicators
join spec using (indicator)
join (select distinct on (area_code) * from areas order by area_code, valid_from desc) using (area_code)
left join (
    select distinct on (place.area_code, indicator) place.area_code, indicator, at_least, at_most
    from targets join valid as place on targets.level = place.level and targets.area_code in ('', place.area_code)
    order by targets.area_code desc
) using (area_code, indicator)
where month = getvariable('month');

-- The counts that a figure stands on, of now and a year ago: births and deaths, or the numerator.
create table counts_of as
select known.area_code, valid.parent_code, indicator, time_window,
    list_filter(if(method in ('rate', 'balance', 'sex_ratio'), vital.events, [numerator]), lambda count: count is not null) as counts
from known
join valid using (area_code)
left join (
    select area_code, time_window,
        list(events order by indicator) || list(events_last_year order by indicator) as events
    from known where indicator in ('birth_rate', 'death_rate') group by all
) as vital using (area_code, time_window);

-- Small counts; where an area is alone with them in its parent, also the next in size that counts anybody.
create table small as
with sized as (
    select * exclude counts, list_sum(counts[:2]) as size, coalesce(list_min(counts), 0) > 0 as counts_anybody,
        len(list_filter(counts, lambda count: count > 0 and count < getvariable('smallest'))) > 0 as is_small
    from counts_of where parent_code is not null
)
select area_code, indicator, time_window from sized
qualify is_small or (
    counts_anybody and 1 = count_if(is_small) over (partition by parent_code, indicator, time_window)
    and 1 = row_number() over (
        partition by parent_code, indicator, time_window, counts_anybody and not is_small order by size, area_code
    )
);

-- Everything as it is printed. `leads`: of twelve months, and of the year so far where those are not known.
create table here as
select *,
    time_window = if(method in ('rate', 'balance'), 'rolling_12', 'ytd') as is_of_target,
    time_window = 'rolling_12' or max(value) filter (time_window = 'rolling_12')
        over (partition by area_code, indicator) is null as leads,
    if(method = 'sex_ratio', numerator + denominator, null) as births,
    if(method = 'sex_ratio', births, 0) is not null and (area_code, indicator, time_window) in (from small)
        or coalesce(births < withhold_below, false) as is_withheld,
    value is not null and (method = 'count' or lower_95 is not null) as is_known,
    printed(value, decimals) as value_printed,
    limits(lower_95, upper_95, decimals) as interval_printed
from known;

-- A verdict is on twelve months, of a target on the year so far; there is none on what is not known or withheld.
create table judged as
pivot (
    select area_code, indicator, 'judged_' || question as question, verdicts.verdict
    from verdicts join here using (area_code, month, indicator)
    where is_known and not is_withheld and time_window = if(question = 'target', 'ytd', 'rolling_12') and verdict <> ''
)
on question in ('judged_change', 'judged_normal_range', 'judged_siblings', 'judged_target') using any_value(verdict)
group by area_code, indicator;
