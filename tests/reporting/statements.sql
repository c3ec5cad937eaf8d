-- What the messages of a page say in numbers: a query for each id of a message, or for several.
-- A query gives what the message may say, a row for each way of saying it; a column has the numbers of the value of its
-- name, `id` the message that it should be, `numbers` those that all of its values must be among. Where there is no row
-- the message should not be there. The variables are `area`, `month`, `about` (the indicator that the page last spoke
-- of), `time_window`, `message` and `said`, its values by name.

-- before all
create macro said(name) as getvariable('said')[name];
create macro in_words(day) as [strftime(day, '%Y年%-m月'), strftime(day, '%B %Y')];
create macro a_year() as {'first': getvariable('month') - interval 11 month, 'last': getvariable('month')};
create macro sign_of(number) as if(number > 0, '+', '');

create view mine as
select here.*, judged.* exclude (area_code, indicator)
from here left join judged using (area_code, indicator) where area_code = getvariable('area');

create view spoken as
from mine where indicator = getvariable('about') and time_window = getvariable('time_window');

create view labelled as
from mine where indicator = named('indicators', said('label'));

create view trend as
select trends.*, spec.decimals, judged_change
from trends join spec on series = indicator
left join judged using (area_code, indicator)
where area_code = getvariable('area') and month = getvariable('month') and series = getvariable('about');

create view returns as
select named('sources', said('source')) as source, sum(actual) as actual, sum(expected) as expected, sum(on_time) as on_time
from completeness
where area_code = getvariable('area') and month between a_year().first and a_year().last
    and source = named('sources', said('source'));

create view late_months as
select source, month, sum(actual) - sum(on_time) as late
from completeness
where area_code = getvariable('area') and month between a_year().first and a_year().last and actual > on_time
group by all;

create macro letters_of(name) as regexp_replace(name, '[^\p{L}\p{N}]', '', 'g');

create view short as
select source, area_code, any_value(name) as area_name, any_value(name_en) as area_name_en,
    sum(actual - on_time) as late, sum(expected - actual) as missing
from completeness join (select distinct area_code, name, name_en, parent_code from areas) as named using (area_code)
where parent_code = getvariable('area') and month between a_year().first and a_year().last
group by source, area_code;

create view two_sources as
select *, printed(100 * abs(value - value_preferred) / nullif(value_preferred, 0), 1) as percent,
    printed(abs(value - value_preferred), 0) as apart
from disagreements
where area_code = getvariable('area') and month = getvariable('month') and time_window = 'rolling_12'
    and element = named('elements', said('label'))
    and source = named('sources', coalesce(said('second'), said('other')));

create view revised as
select revisions.* from revisions join within on revisions.area_code = member where within.area_code = getvariable('area');

create view doubts as
select findings.* from findings join within on findings.area_code = member
where within.area_code = getvariable('area') and month between a_year().first and a_year().last;

-- Of each missed target the areas just below that have a figure, and whether the whole 99.8 % interval misses it.
create view members as
select missed.indicator, here.decimals, here.value,
    coalesce(here.lower_998 > missed.at_most, false) or coalesce(here.upper_998 < missed.at_least, false) as is_far
from mine as missed
join verdicts on verdicts.area_code = missed.area_code and verdicts.indicator = missed.indicator
    and question = 'target' and verdicts.verdict like '%missed'
join here on here.parent_code = missed.area_code and here.indicator = missed.indicator and here.is_of_target
where missed.is_of_target and here.lower_95 is not null;

-- What a cell may have of an indicator: counts, values to the indicator's decimals (`places` null) or to one, and what
-- follows from the target. Of whole years every row, of other windows the month's.
create table published as
with amounts as (
    select area_code, indicator, time_window, 'count' as kind,
        unnest([numerator, denominator, numerator + denominator, numerator_last_year, denominator_last_year,
            numerator - numerator_last_year]) as amount
    from indicators where month = getvariable('month') or time_window = 'year'
    union all
    select area_code, indicator, time_window, 'value',
        unnest([value, lower_95, upper_95, value_last_year, change, change_lower_95, change_upper_95, abs(gap)])
    from indicators where month = getvariable('month') or time_window = 'year'
    union all
    select area_code, indicator, time_window, 'value', unnest([value, reference_lower, reference_upper])
    from comparisons where month = getvariable('month')
    union all
    select area_code, indicator, 'ytd', 'value', unnest([
        projected, lower_80, upper_80, lower_95, upper_95, expected_rest, needed_rest_lower, needed_rest_upper
    ])
    from outlook where month = getvariable('month')
    union all
    select area_code, indicator, time_window, 'value', abs(value - unnest([at_least, at_most])) from known
)
select area_code, indicator, time_window, places, printed(amount, if(kind = 'count', 0, coalesce(places, decimals))) as number
from amounts join spec using (indicator), (values (null), (1)) as rounding(places)
where amount is not null
union all
select area_code, indicator, time_window, null, unnest([
    bare(at_least), bare(at_most), printed(getvariable('smallest'), 0), printed(withhold_below, 0),
    printed(100 * value / at_least, 1), printed(100 * value / at_most, 1)
])
from known
union all
select area_code, indicator, 'ytd', null, chance(probability_met) from outlook where month = getvariable('month');

-- growth.falling growth.growing
select value_printed as value, interval_printed as interval, printed(abs(numerator), 0) as people,
    if(numerator < 0, 'growth.falling', 'growth.growing') as id
from spoken where leads;

-- growth.this_period situation.*_rate sex_ratio.this_period
select value_printed as value, interval_printed as interval from spoken;

-- growth.trend sex_ratio.trend sex_ratio.trend_alone
select printed(trend, decimals) as value, limits(lower_95, upper_95, decimals) as interval from trend;

-- growth.small_counts members.note
select bare(getvariable('smallest')) as threshold;

-- situation.counts_and_population counts.*
select printed(any_value(numerator) filter (indicator = 'birth_rate'), 0) as births,
    printed(any_value(numerator) filter (indicator = 'death_rate'), 0) as deaths,
    printed(any_value(denominator) filter (indicator = 'birth_rate'), 0) as people
from mine where time_window = 'ytd';

-- sex_ratio.*unclear sex_ratio.*_normal sex_ratio.not_judged
select value_printed as value, interval_printed as interval, printed(births, 0) as births, bare(normal_range[1]) as low, bare(normal_range[2]) as high,
    'sex_ratio.' || case
        when time_window <> 'rolling_12' or judged_normal_range is null then 'not_judged'
        when judged_normal_range = 'higher' then 'above_normal'
        when judged_normal_range = 'lower' then 'below_normal'
        when judged_normal_range = 'inside' then 'inside_normal'
        when births < uncertain_below then 'few_births_unclear'
        else 'unclear'
    end as id
from spoken where leads;

-- sex_ratio.trend_and_period_differ
select getvariable('message') as id from spoken where (lower_95 > normal_range[2] or upper_95 < normal_range[1]) and judged_normal_range = 'unclear';

-- sex_ratio.fewer_than sex_ratio.too_few
select printed(births, 0) as births, bare(withhold_below) as threshold from spoken where births < withhold_below;

-- sex_ratio.months_missing
select bare(months_missing) as count from spoken;

-- sex_ratio.note_normal_range
select bare(normal_range[1]) as low, bare(normal_range[2]) as high from spec where indicator = getvariable('about');

-- sex_ratio.note_baseline
select printed(baseline[1], decimals) as low, printed(baseline[2], decimals) as high
from spec where indicator = getvariable('about');

-- change.trend_*ing
select printed(abs(change_12_months), decimals) as size,
    if(change_12_months > 0, 'change.trend_rising', 'change.trend_falling') as id
from trend where judged_change in ('rising', 'falling');

-- change.higher change.lower change.same
select printed(value_last_year, decimals) as before, printed(abs(change), decimals) as size,
    limits(change_lower_95, change_upper_95, decimals) as interval,
    'change.' || case
        when size not similar to '.*[1-9].*' then 'same' when change > 0 then 'higher' else 'lower'
    end as id
from spoken;

-- change.rising change.falling change.unclear
select distinct 'change.' || judged_change as id from spoken where judged_change is not null;

-- change.own_share: of the change over the year where growth is judged to have changed, else of the level
select printed(100 * share, 0) as share
from (
    select if(series = 'natural_growth_rate' and judged_change in ('rising', 'falling'), own_share_of_change, own_share) as share
    from trend
)
where share < 0.9;

-- targets.summary targets.none_calculated
select count_if(judged_target in ('met', 'likely_met')) as met, count_if(judged_target in ('missed', 'likely_missed')) as missed,
    count_if(judged_target = 'unclear') as unclear, count(*) as count,
    if(count(judged_target) = 0, 'targets.none_calculated', 'targets.summary') as id
from mine where time_window = 'ytd' and coalesce(at_least, at_most) is not null;

-- targets.some_incomplete
select count_if(judged_target is null) as count
from mine where time_window = 'ytd' and coalesce(at_least, at_most) is not null;

-- targets.pro_rated
select month(getvariable('month')) as count, printed(100 * month(getvariable('month')) / 12, 1) as due;

-- grades.bounds
select distinct bare(bounds.good::double) as good, bare(bounds.acceptable::double) as acceptable
from labelled join read_csv(getvariable('targets'), all_varchar = true) as bounds using (indicator, level)
where bounds.good is not null and coalesce(bounds.area_code, '') in ('', labelled.area_code)
    and bounds.year::int = year(getvariable('month'));

-- targets.ahead targets.behind targets.pace_unclear targets.done_already
select printed(value, 0) as done, printed(100 * value / at_least, 1) as share, printed(due_now, 1) as due,
    limits(100 * lower_95 / at_least, 100 * upper_95 / at_least, 1) as interval,
    'targets.' || case
        when judged_target = 'met' then 'done_already'
        when 100 * lower_95 / at_least > due_now then 'ahead'
        when 100 * upper_95 / at_least < due_now then 'behind'
        else 'pace_unclear'
    end as id
from (select *, 100 * month(month) / 12 as due_now from labelled where time_window = 'ytd');

-- neighbours.*_than_siblings
select printed(comparisons.value, decimals) as value, printed(reference_lower, decimals) as other,
    'neighbours.' || judged_siblings || '_than_siblings' as id
from labelled join comparisons using (area_code, month, indicator, time_window)
where reference = 'level' and time_window = 'rolling_12' and judged_siblings is not null;

-- neighbours.none_differs
select getvariable('message') as id from mine
where indicator in ('sex_ratio_at_birth', 'natural_growth_rate', 'birth_rate', 'death_rate')
having count(judged_siblings) > 0 and count_if(judged_siblings <> 'unclear') = 0;

-- neighbours.rank
select areas, chance(probability_quarter) as probability
from ranks
where area_code = getvariable('area') and month = getvariable('month') and time_window = 'rolling_12'
    and indicator = named('indicators', said('label'))
    and among in (select if(parent_code is null, '', area_code) from areas where said('place') in (name, name_en));

-- questions.sex_ratio_target questions.target_outlook
select chance(probability_met) as probability
from labelled join outlook using (area_code, month, indicator)
where time_window = 'ytd' and judged_target = 'likely_missed';

-- questions.completeness quality.late_returns
select actual - on_time as late, share(actual, expected, 1) as share from returns;

-- questions.timeliness
select share(on_time, expected, 1) as share from returns;

-- attention.returns_late: the three months with the most late returns, in their order
select printed(any_value(actual - on_time), 0) as late,
    string_agg(in_words(month)[language] || ' ' || late_months.late, ' ' order by month) as months
from returns
join (from late_months qualify row_number() over (partition by source order by late desc, month) <= 3) as late_months
    using (source),
    (values (1), (2)) as languages(language)
group by language;

-- attention.returns_of: late in a month, or late or missing of an area just below
select unnest(in_words(month)) as name, late as count from late_months
union all
select said('name') as name, unnest([late, missing]) as count
from short where letters_of(said('name')) in (letters_of(area_name), letters_of(area_name_en));

-- attention.offices_*: how many areas just below had any return of one source late, or missing
select count_if(late > 0) as count from short group by source
union all
select count_if(missing > 0) as count from short group by source;

-- questions.sources_differ
select percent, apart, printed(months, 0) as months from two_sources;

-- quality.compared_*
select percent, apart, printed(months, 0) as months, printed(value_preferred, 0) as one, printed(value, 0) as other,
    'quality.compared_' || case
        when value = value_preferred then 'same' when value > value_preferred then 'more' else 'less'
    end as id
from two_sources;

-- quality.revised quality.revised_same_total
select printed(any_value(counts.value) - difference, 0) as before, printed(any_value(counts.value), 0) as value,
    if(difference > 0, '+', '') || printed(difference, 0) as change
from (
    select element, period, sum(value - value_before) as difference
    from revised where element = named('elements', said('label')) group by all
)
join counts on counts.area_code = getvariable('area') and counts.element = named('elements', said('label'))
    and counts.month = period
group by period, difference;

-- quality.figures_revised
select count(distinct (period, element, span)) as count
from revised where period between a_year().first and a_year().last;

-- quality.findings
select count_if(kind not in ('target_missed', 'outside_normal_range')) as count from doubts;

-- findings.target_missed findings.outside_normal_range findings.rate_differs findings.unusual_month*
select printings(list_filter(json_extract(evidence, '$.*'), lambda part: json_type(part) in ('UBIGINT', 'BIGINT', 'DOUBLE'))::double[]) as numbers
from doubts where kind = split_part(getvariable('message'), '.', 2);

-- attention.*missed
select value_printed as value, concat_ws(' ', bare(at_least), bare(at_most)) as target, 'attention.' || judged_target as id
from labelled where is_of_target;

-- attention.members_behind
select count_if(is_far) as behind, count(*) as known from members group by indicator;

-- attention.member
select printed(value, decimals) as value from members where is_far;
