-- One row per file, area as named, period, span and element: its cells added up, corrections applied.
-- key: file_id, area_code, period, span, element
-- columns: source, file_id, sequence, area_code, period, span, element, kind, value, weighted, is_corrected
-- from: observations, edition, corrected_cells, files, elements
--
-- Cells of one file for one area are added up. `weighted` is the same sum with a weight for each row: two columns whose
-- plain sums agree may still differ in their rows, one up and one down; where the weighted sums agree too, they agree in
-- every row. So suspected_sums need not read again the rows of every printed total.

create table source_totals as
with

as_received as (
    select
        file_id,
        area_code,
        period,
        span,
        element,
        sum(value) as value,
        sum(value * weight_of_row(sheet, "row")) as weighted
    from observations
    where period <= (select month from edition)
    group by all
),

mended as (
    select
        file_id,
        area_code,
        period,
        span,
        element,
        sum(value - coalesce(value_found, 0)) as difference
    from corrected_cells
    where period <= (select month from edition)
    group by all
),

final as (
    select
        files.source,
        coalesce(as_received.file_id, mended.file_id) as file_id,
        files.sequence,
        coalesce(as_received.area_code, mended.area_code) as area_code,
        coalesce(as_received.period, mended.period) as period,
        coalesce(as_received.span, mended.span) as span,
        coalesce(as_received.element, mended.element) as element,
        elements.kind,
        coalesce(as_received.value, 0) + coalesce(mended.difference, 0) as value,
        as_received.weighted,
        mended.file_id is not null as is_corrected
    from as_received
    full join mended
        on mended.file_id = as_received.file_id
        and mended.area_code = as_received.area_code
        and mended.period = as_received.period
        and mended.span = as_received.span
        and mended.element = as_received.element
    join files
        on files.file_id = coalesce(as_received.file_id, mended.file_id)
    join elements
        on elements.element = coalesce(as_received.element, mended.element)
)

select * from final;
