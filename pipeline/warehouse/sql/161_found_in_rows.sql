-- Findings that hold a figure against others of its own row or table.
-- columns: kind, severity, area_code, month, subject, evidence
-- from: observations, suspected_sums, corrected_cells, printed_terms, printed_formulas, totals, files, named_areas,
-- series, thresholds, edition
--
-- sum_differs        a printed total is not the sum of its parts (male + female)
-- rate_differs       a printed rate does not follow from its count and denominator
-- unit_slip          the same, but 10, 100, 1,000 or 10,000 times too large or too small
-- total_row_differs  a total row is not the sum of the rows that it adds up

create table found_in_rows as
with

cells as (
    select
        observations.file_id,
        observations.sheet,
        observations."row",
        observations."column",
        observations.element,
        observations.area_code,
        observations.period,
        suspected_sums.formula,
        coalesce(corrected_cells.value, observations.value) as value
    from observations
    join suspected_sums
        on suspected_sums.file_id = observations.file_id
        and suspected_sums.area_code = observations.area_code
        and suspected_sums.period = observations.period
    left join corrected_cells
        on corrected_cells.file_id = observations.file_id
        and corrected_cells.sheet = observations.sheet
        and corrected_cells."row" = observations."row"
        and corrected_cells."column" = observations."column"
        and corrected_cells.element = observations.element
),

printed_beside as (
    select
        cells.file_id,
        cells.sheet,
        cells."row",
        cells.area_code,
        cells.period,
        cells.formula,
        sum(cells.value) filter (printed_terms.side = 'printed') as printed,
        min(cells."column") filter (printed_terms.side = 'printed') as "column",
        sum(cells.value * printed_terms.coefficient) filter (printed_terms.side = 'numerator') as numerator,
        sum(cells.value * printed_terms.coefficient) filter (printed_terms.side = 'denominator') as denominator,
        count(*) as terms
    from cells
    join printed_terms
        on printed_terms.part = cells.element
        and printed_terms.formula = cells.formula
    group by all
),

computed as (
    select
        printed_beside.*,
        printed_formulas.element,
        printed_formulas.tolerance,
        printed_formulas.factor * printed_beside.numerator / coalesce(printed_beside.denominator, 1) as computed
    from printed_beside
    join printed_formulas
        on printed_formulas.formula = printed_beside.formula
    where printed_beside.terms = printed_formulas.terms
        and (printed_beside.denominator is null or printed_beside.denominator <> 0)
        and abs(printed_beside.printed - computed) > printed_formulas.tolerance + 1e-9
),

slips as (
    select
        computed.*,
        factors.factor
    from computed
    left join (select unnest([10.0, 100.0, 1000.0, 10000.0, 0.1, 0.01, 0.001, 0.0001]) as factor) as factors
        on computed.denominator is not null
        and computed.computed <> 0
        and computed.printed <> 0
        -- the printed figure is rounded: by its tolerance, in the unit in which it is printed
        and abs(computed.printed - computed.computed * factors.factor)
            <= computed.tolerance * greatest(factors.factor, 1) + 1e-9
        and abs(computed.printed / computed.computed / factors.factor - 1)
            <= (select slip_may_be_off_by from thresholds)
    qualify row_number() over (
        partition by computed.file_id, computed.sheet, computed."row", computed.formula
        order by abs(computed.printed - computed.computed * factors.factor)
    ) = 1
),

printed_figures as (
    select
        case
            when slips.denominator is null then 'sum_differs'
            when slips.factor is not null then 'unit_slip'
            else 'rate_differs'
        end as kind,
        'warning' as severity,
        named_areas.current_code as area_code,
        slips.period as month,
        slips.element as subject,
        {
            'source': files.source,
            'path': files.path,
            'sheet': slips.sheet,
            'row': slips."row",
            'column': slips."column",
            'printed': slips.printed,
            'computed': round(slips.computed, 4),
            'factor': slips.factor
        }::json as evidence
    from slips
    join files
        on files.file_id = slips.file_id
    join named_areas
        on named_areas.area_code = slips.area_code
        and named_areas.period = slips.period
),

total_row_differs as (
    select
        'total_row_differs' as kind,
        'warning' as severity,
        series.current_code as area_code,
        totals.period as month,
        totals.element as subject,
        {
            'source': totals.source,
            'path': files.path,
            'sheet': totals.sheet,
            'row': totals."row",
            'column': totals."column",
            'label': totals.label,
            'stated': totals.stated,
            'computed': totals.computed,
            'rows_added': totals.rows_added
        }::json as evidence
    from totals
    join files
        on files.file_id = totals.file_id
    asof join series
        on series.area_code = totals.area_code
        and totals.period >= series.applies_from
    where totals.period <= (select month from edition)
)

select * from printed_figures

union all

select * from total_row_differs;
