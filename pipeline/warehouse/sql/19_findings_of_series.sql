-- independent      the flows of each source that are not the sum of others it states     key: source, element
-- found_in_series  findings that hold a figure against the other months of its series
-- from: figures, elements, element_parts, area_descendants, areas_of_today, thresholds, files
--
-- stuck             a value repeats so often that chance is ruled out: k Poisson counts of mean λ are all equal with
--                   probability (2πλ)^(-(k-1)/2) / √k; a large stock that moves by a on average when it moves stands
--                   still for k months with about (1 / (πa))^(k-1), and one that never moves is stuck
-- copied_month      all flows of an area are those of the month before (two of mean λ: 1 / (2√(πλ))), or its cumulative
--                   figures have not moved (no event in a month: exp(-λ)); reported once, for all areas below that are copied
-- zero_for_missing  a zero, or nothing but zeros, where the months around make events certain: exp(-λ)

create table independent as
select distinct
    figures.source,
    figures.element
from figures
join elements
    on elements.element = figures.element
where elements.kind = 'flow'
    and not exists (
        select 1
        from element_parts
        join figures as parts
            on parts.element = element_parts.part
            and parts.source = figures.source
        where element_parts.element = figures.element
    );

create table stepped as
select
    figures.*,
    elements.kind,
    lag(figures.value) over by_month as previous_value,
    lag(figures.period) over by_month = figures.period - interval 1 month as is_next_month
from figures
join elements
    on elements.element = figures.element
where figures.span in ('month', 'ytd')
window by_month as (
    partition by figures.source, figures.area_code, figures.element, figures.span
    order by figures.period
);

create table found_in_series as
with

moves as (
    select
        source,
        area_code,
        element,
        avg(abs(value - previous_value)) as usual_change
    from stepped
    where kind = 'stock'
        and value <> previous_value
    group by source, area_code, element
),

-- months that repeat the one before, as many as lie side by side
repeated as (
    select
        *,
        datediff('month', date '1900-01-01', period)
            - row_number() over (partition by source, area_code, element, span order by period) as run
    from stepped
    where value = previous_value
        and is_next_month
        and value > 0
        and (span = 'month' or kind = 'stock')
),

runs as (
    select
        source,
        area_code,
        element,
        kind,
        value,
        (min(period) - interval 1 month)::date as first_month,
        max(period) as last_month,
        count(*) + 1 as months,
        arg_max(file_id, period) as file_id
    from repeated
    group by source, area_code, element, span, kind, run, value
    having count(*) > 1
),

stuck as (
    select
        'stuck' as kind,
        'warning' as severity,
        runs.area_code,
        runs.last_month as month,
        runs.element as subject,
        {
            'source': runs.source,
            'path': files.path,
            'value': runs.value,
            'months': runs.months,
            'first_month': strftime(runs.first_month, '%Y-%m')
        }::json as evidence
    from runs
    cross join thresholds
    join files
        on files.file_id = runs.file_id
    left join moves
        on moves.source = runs.source
        and moves.area_code = runs.area_code
        and moves.element = runs.element
    where case runs.kind
        when 'flow' then pow(2 * pi() * runs.value, -(runs.months - 1) / 2.0) / sqrt(runs.months) < thresholds.chance
        else
            runs.value >= thresholds.stock_never_still
            and runs.months >= thresholds.months_still
            and coalesce(pow(pi() * moves.usual_change, -(runs.months - 1)), 0) < thresholds.chance
    end
),

-- an area and month at a source: are all its flows those of the month before, and how likely is that
repeats as (
    select
        stepped.source,
        stepped.area_code,
        stepped.period as month,
        bool_and(stepped.is_next_month and stepped.value = stepped.previous_value) as is_copied,
        sum(case
            when stepped.value = 0 then 0
            when stepped.span = 'ytd' then -stepped.value / (month(stepped.period) - 1)
            else least(-ln(2 * sqrt(pi() * stepped.value)), 0)
        end) as log_chance,
        arg_max(stepped.element, (stepped.value, stepped.element)) as element,
        count(*) as figures,
        min(stepped.file_id) as file_id
    from stepped
    join independent
        on independent.source = stepped.source
        and independent.element = stepped.element
    where stepped.span = 'month' or month(stepped.period) > 1
    group by stepped.source, stepped.area_code, stepped.period
),

copied_below as (
    select
        area_descendants.area_code,
        repeats.source,
        repeats.month,
        sum(repeats.log_chance) as log_chance,
        arg_min(repeats.element, (repeats.log_chance, repeats.area_code)) as element,
        sum(repeats.figures)::bigint as figures,
        count(*) as areas,
        min(repeats.file_id) as file_id
    from repeats
    join area_descendants
        on area_descendants.member_code = repeats.area_code
    where (repeats.source, repeats.month) in (select (source, month) from repeats where is_copied)
    group by area_descendants.area_code, repeats.source, repeats.month
    having bool_and(repeats.is_copied)
),

copied as (
    select *
    from copied_below
    where log_chance <= (select ln(chance) from thresholds)
),

-- of areas within one another: the highest all of which is copied, and of those that hold the same returns the lowest
within_copied as (
    select
        copied.source,
        copied.month,
        copied.area_code
    from copied
    join area_descendants
        on area_descendants.member_code = copied.area_code
        and area_descendants.distance > 0
    join copied as above
        on above.source = copied.source
        and above.month = copied.month
        and above.area_code = area_descendants.area_code
        and above.areas > copied.areas
),

around_copied as (
    select
        copied.source,
        copied.month,
        copied.area_code
    from copied
    join area_descendants
        on area_descendants.area_code = copied.area_code
        and area_descendants.distance > 0
    join copied as below
        on below.source = copied.source
        and below.month = copied.month
        and below.area_code = area_descendants.member_code
        and below.areas = copied.areas
),

copied_month as (
    select
        'copied_month' as kind,
        'warning' as severity,
        copied.area_code,
        copied.month,
        copied.element as subject,
        {
            'source': copied.source,
            'path': files.path,
            'previous_month': strftime(copied.month - interval 1 month, '%Y-%m'),
            'areas': copied.areas,
            'figures': copied.figures
        }::json as evidence
    from copied
    join files
        on files.file_id = copied.file_id
    anti join within_copied
        on within_copied.source = copied.source
        and within_copied.month = copied.month
        and within_copied.area_code = copied.area_code
    anti join around_copied
        on around_copied.source = copied.source
        and around_copied.month = copied.month
        and around_copied.area_code = copied.area_code
),

zeros as (
    select
        source,
        area_code,
        element,
        period,
        file_id
    from stepped
    where value = 0
        and span = 'month'
        and kind = 'flow'
),

expected as (
    select
        zeros.source,
        zeros.area_code,
        zeros.element,
        zeros.period,
        any_value(zeros.file_id) as file_id,
        avg(around.value) as mean
    from zeros
    join stepped as around
        on around.source = zeros.source
        and around.area_code = zeros.area_code
        and around.element = zeros.element
        and around.span = 'month'
        and around.period <> zeros.period
    cross join thresholds
    where abs(datediff('month', zeros.period, around.period)) <= thresholds.months_around
    group by zeros.source, zeros.area_code, zeros.element, zeros.period
),

stated_flows as (
    select
        source,
        area_code,
        period,
        count(*) filter (value > 0) = 0 as are_all_zero
    from stepped
    where span = 'month'
        and kind = 'flow'
    group by source, area_code, period
),

nothing_but_zeros as (
    select
        expected.source,
        expected.area_code,
        expected.period,
        arg_max(expected.element, (expected.mean, expected.element)) as element,
        min(expected.file_id) as file_id,
        sum(expected.mean) as mean,
        count(*) as figures
    from expected
    join independent
        on independent.source = expected.source
        and independent.element = expected.element
    join stated_flows
        on stated_flows.source = expected.source
        and stated_flows.area_code = expected.area_code
        and stated_flows.period = expected.period
        and stated_flows.are_all_zero
    group by expected.source, expected.area_code, expected.period
    having exp(-sum(expected.mean)) <= (select chance from thresholds)
),

single_zeros as (
    select
        expected.source,
        expected.area_code,
        expected.period,
        expected.element,
        expected.file_id,
        expected.mean,
        1 as figures
    from expected
    anti join nothing_but_zeros
        using (source, area_code, period)
    where exp(-expected.mean) <= (select chance from thresholds)
),

zero_for_missing as (
    select
        'zero_for_missing' as kind,
        'warning' as severity,
        doubtful.area_code,
        doubtful.period as month,
        doubtful.element as subject,
        {
            'source': doubtful.source,
            'path': files.path,
            'figures': doubtful.figures,
            'usual': round(doubtful.mean, 1)
        }::json as evidence
    from (from nothing_but_zeros union all by name from single_zeros) as doubtful
    join files
        on files.file_id = doubtful.file_id
)

select * from stuck

union all

select * from copied_month

union all

select * from zero_for_missing;
