-- findings  one row per finding  key: finding_id
-- from: observations, files, printed_terms, printed_formulas, figures, current_areas, elements, edition
-- A figure that an office prints beside its counts must follow from them; a cumulative figure must not fall.

create table findings as
with

beside as (
    select
        observations.file_id,
        observations.sheet,
        observations."row",
        printed_terms.formula,
        sum(observations.value) filter (printed_terms.side = 'printed') as printed,
        sum(observations.value * printed_terms.coefficient) filter (printed_terms.side = 'numerator') as numerator,
        sum(observations.value * printed_terms.coefficient) filter (printed_terms.side = 'denominator') as denominator,
        count(*) as terms
    from observations
    join printed_terms
        on printed_terms.part = observations.element
    group by observations.file_id, observations.sheet, observations."row", printed_terms.formula
),

differing as (
    select
        beside.file_id,
        beside.sheet,
        beside."row",
        printed_formulas.element,
        beside.printed,
        printed_formulas.factor * beside.numerator / coalesce(beside.denominator, 1) as computed
    from beside
    join printed_formulas
        on printed_formulas.formula = beside.formula
    where beside.terms = printed_formulas.terms
        and (beside.denominator is null or beside.denominator <> 0)
        and abs(beside.printed - computed) > printed_formulas.tolerance + 1e-9
),

printed_figure_differs as (
    select
        'printed_figure_differs' as kind,
        'warning' as severity,
        current_areas.current_code as area_code,
        observations.period as month,
        differing.element as subject,
        {
            'source': files.source,
            'path': files.path,
            'sheet': differing.sheet,
            'row': differing."row",
            'printed': differing.printed,
            'computed': round(differing.computed, 4)
        }::json as evidence
    from differing
    join observations
        on observations.file_id = differing.file_id
        and observations.sheet = differing.sheet
        and observations."row" = differing."row"
        and observations.element = differing.element
    join files
        on files.file_id = differing.file_id
    join current_areas
        on current_areas.area_code = observations.area_code
    where observations.period <= (select month from edition)
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
