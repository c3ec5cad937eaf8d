-- One row per figure that a later file changed.
-- key: source, area_code, period, span, element, file_id
-- from: source_totals, restated_figures

create table revisions as
with

stepped as (
    select
        source_totals.source,
        source_totals.area_code,
        source_totals.period,
        source_totals.span,
        source_totals.element,
        source_totals.file_id,
        lag(source_totals.file_id) over by_arrival as previous_file_id,
        lag(source_totals.value) over by_arrival as value_before,
        source_totals.value
    from source_totals
    join restated_figures
        using (source, area_code, period, span, element)
    window by_arrival as (
        partition by
            source_totals.source,
            source_totals.area_code,
            source_totals.period,
            source_totals.span,
            source_totals.element
        order by source_totals.sequence, source_totals.file_id
    )
)

select
    source,
    area_code,
    period,
    span,
    element,
    file_id,
    previous_file_id,
    value_before::bigint as value_before,
    value::bigint as value
from stepped
where value <> value_before;
