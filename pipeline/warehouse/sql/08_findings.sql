-- findings  one row per finding  key: finding_id
-- from: observations, files, printed_terms, figures, current_areas, elements, edition
-- A figure that an office prints beside its counts must follow from them; a cumulative figure must not fall.

create table findings as
with

beside as (
    select
        observations.file_id,
        observations.sheet,
        observations."row",
        printed_terms.element,
        any_value(observations.area_code) as area_code,
        any_value(observations.period) as period,
        any_value(printed_terms.factor) as factor,
        any_value(printed_terms.tolerance) as tolerance,
        max(observations.value) filter (printed_terms.side = 'printed') as printed,
        sum(observations.value * printed_terms.coefficient) filter (printed_terms.side = 'numerator') as numerator,
        sum(observations.value * printed_terms.coefficient) filter (printed_terms.side = 'denominator') as denominator,
        count(*) = any_value(printed_terms.terms) as is_whole
    from observations
    join printed_terms
        on printed_terms.part = observations.element
    where observations.period <= (select month from edition)
    group by observations.file_id, observations.sheet, observations."row", printed_terms.element
),

printed_figure_differs as (
    select
        'printed_figure_differs' as kind,
        'warning' as severity,
        current_areas.current_code as area_code,
        beside.period as month,
        beside.element as subject,
        factor * numerator / coalesce(denominator, 1) as computed,
        {
            'source': files.source,
            'path': files.path,
            'sheet': beside.sheet,
            'row': beside."row",
            'printed': beside.printed,
            'computed': round(computed, 4)
        }::json as evidence
    from beside
    join files
        on files.file_id = beside.file_id
    join current_areas
        on current_areas.area_code = beside.area_code
    where beside.is_whole
        and (beside.denominator is null or beside.denominator <> 0)
        and abs(beside.printed - computed) > beside.tolerance + 1e-9
),

stepped as (
    select
        *,
        lag(value) over by_month as previous_value,
        lag(period) over by_month as previous_period
    from figures
    where span = 'ytd'
    window by_month as (partition by source, area_code, element, year(period) order by period)
),

cumulative_falls as (
    select
        'cumulative_falls' as kind,
        'error' as severity,
        stepped.area_code,
        stepped.period as month,
        stepped.element as subject,
        {
            'source': stepped.source,
            'path': files.path,
            'previous_month': strftime(stepped.previous_period, '%Y-%m'),
            'previous': stepped.previous_value,
            'found': stepped.value
        }::json as evidence
    from stepped
    join files
        on files.file_id = stepped.file_id
    where stepped.value < stepped.previous_value
),

final as (
    select kind, severity, area_code, month, subject, evidence::varchar as evidence
    from printed_figure_differs

    union all

    select kind, severity, area_code, month, subject, evidence::varchar as evidence
    from cumulative_falls
)

select
    sha256(concat_ws('|', kind, area_code, month, subject, evidence))[:16] as finding_id,
    *
from final;
