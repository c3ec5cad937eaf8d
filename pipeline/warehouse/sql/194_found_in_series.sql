-- Findings that hold a figure against the other months of its series.
-- columns: kind, severity, area_code, month, subject, evidence
-- from: figures_with_previous, independent_flows, copied_areas, told_areas, thresholds, files
--
-- stuck             a value repeats so often that chance is ruled out: k Poisson counts of mean λ are all equal with
--                   probability (2πλ)^(-(k-1)/2) / √k; a large stock that moves by a on average when it moves stands
--                   still for k months with about (1 / (πa))^(k-1), and one that never moves is stuck
-- copied_month      all flows of an area are those of the month before; reported once, for all areas within that are copied
-- zero_for_missing  a zero, or nothing but zeros, where the months around make events certain: exp(-λ)

create table found_in_series as
with

moves as (
    select
        source,
        area_code,
        element,
        avg(abs(value - previous_value)) as usual_change
    from figures_with_previous
    where kind = 'stock'
        and value <> previous_value
    group by source, area_code, element
),

-- months that repeat the one before; a run begins where that one did not repeat its own
repeated as (
    select
        *,
        coalesce(lag(period) over in_series <> previous_period, true) as begins_a_run
    from figures_with_previous
    where value = previous_value
        and follows_directly
        and value > 0
        and (span = 'month' or kind = 'stock')
    window in_series as (partition by source, area_code, element, span order by period)
),

numbered as (
    select
        *,
        count(*) filter (begins_a_run) over (partition by source, area_code, element, span order by period) as run
    from repeated
),

runs as (
    select
        source,
        area_code,
        element,
        kind,
        value,
        previous_month(min(period)) as first_month,
        max(period) as last_month,
        count(*) + 1 as months,
        arg_max(file_id, period) as file_id
    from numbered
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

copied_month as (
    select
        'copied_month' as kind,
        'warning' as severity,
        copied_areas.area_code,
        copied_areas.month,
        copied_areas.element as subject,
        {
            'source': copied_areas.source,
            'path': files.path,
            'previous_month': strftime(previous_month(copied_areas.month), '%Y-%m'),
            'areas': copied_areas.areas,
            'figures': copied_areas.figures
        }::json as evidence
    from copied_areas
    join files
        on files.file_id = copied_areas.file_id
    join told_areas
        on told_areas.kind = 'copied_month'
        and told_areas.source = copied_areas.source
        and told_areas.month = copied_areas.month
        and told_areas.area_code = copied_areas.area_code
),

zeros as (
    select
        source,
        area_code,
        element,
        period,
        file_id
    from figures_with_previous
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
    join figures_with_previous as around
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
    from figures_with_previous
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
    join independent_flows
        on independent_flows.source = expected.source
        and independent_flows.element = expected.element
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
        implausible.area_code,
        implausible.period as month,
        implausible.element as subject,
        {
            'source': implausible.source,
            'path': files.path,
            'figures': implausible.figures,
            'usual': round(implausible.mean, 1)
        }::json as evidence
    from (from nothing_but_zeros union all by name from single_zeros) as implausible
    join files
        on files.file_id = implausible.file_id
)

select * from stuck

union all

select * from copied_month

union all

select * from zero_for_missing;
