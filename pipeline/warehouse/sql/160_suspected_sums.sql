-- One row per file, area, period, span and printed formula, some row of which may not agree with what it prints.
-- key: file_id, area_code, period, span, formula
-- columns: file_id, area_code, period, span, formula
-- from: source_totals, printed_terms, printed_formulas
--
-- Sums that agree however the rows are weighted agree in every row: only the others are looked at row by row.

create table suspected_sums as
with

weighed as (
    select
        source_totals.file_id,
        source_totals.area_code,
        source_totals.period,
        source_totals.span,
        printed_terms.formula,
        sum(case printed_terms.side
            when 'printed' then source_totals.value
            when 'numerator' then -source_totals.value * printed_terms.coefficient
        end) as difference,
        sum(case printed_terms.side
            when 'printed' then source_totals.weighted
            when 'numerator' then -source_totals.weighted * printed_terms.coefficient
        end) as weighted_difference,
        count(*) filter (printed_terms.side = 'printed') as printed,
        count(*) filter (printed_terms.side = 'denominator') as denominators,
        bool_or(source_totals.is_corrected) as is_corrected
    from source_totals
    join printed_terms
        on printed_terms.part = source_totals.element
    group by all
)

select
    weighed.file_id,
    weighed.area_code,
    weighed.period,
    weighed.span,
    weighed.formula
from weighed
join printed_formulas
    on printed_formulas.formula = weighed.formula
where weighed.printed > 0
    and (
        weighed.denominators > 0
        or weighed.is_corrected
        or printed_formulas.factor <> 1
        or weighed.difference <> 0
        or weighed.weighted_difference <> 0
    );
