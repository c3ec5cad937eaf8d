-- source_totals one row per file, area as named, period, span and element, corrections applied  (all five are the key)
-- restated the figures that several files state                                     key: the same without the file
-- revisions  one row per figure that a later file changed                  key: the same, with the source
-- from: observations, corrected_cells, files, elements, edition
-- Cells of one file for one area are added up. `weighted` is the same sum with a weight for each row: where a printed
-- figure follows from its counts in every row, it does so however the rows are weighted.

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
        sum(value * (hash("row", sheet) % 1000003)) as weighted
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

create table restated as
select
    source,
    area_code,
    period,
    span,
    element
from source_totals
where kind in ('flow', 'stock')
group by all
having count(*) > 1;

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
    join restated
        using (source, area_code, period, span, element)
    window by_arrival as (
        partition by source_totals.source, source_totals.area_code, source_totals.period, source_totals.span, source_totals.element
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
