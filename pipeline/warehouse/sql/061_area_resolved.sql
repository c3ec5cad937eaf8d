-- One row per source, area as named, period, span and element: the figure of the last of several files.
-- key: source, area_code, period, span, element
-- columns: source, area_code, period, span, element, sequence, file_id, value, is_corrected, files, series_code, line,
-- in_use, months_off
-- from: source_totals, restated_figures, named_areas

create table area_resolved as
with

last_sent as (
    select
        source,
        area_code,
        period,
        span,
        element,
        sequence,
        file_id,
        value,
        is_corrected,
        1 as files
    from source_totals
    anti join restated_figures
        using (source, area_code, period, span, element)
    where kind in ('flow', 'stock')

    union all

    select
        source,
        area_code,
        period,
        span,
        element,
        max(sequence) as sequence,
        arg_max(file_id, (sequence, file_id)) as file_id,
        arg_max(value, (sequence, file_id)) as value,
        arg_max(is_corrected, (sequence, file_id)) as is_corrected,
        count(*) as files
    from source_totals
    semi join restated_figures
        using (source, area_code, period, span, element)
    group by source, area_code, period, span, element
)

select
    last_sent.*,
    named_areas.series_code,
    named_areas.line,
    named_areas.in_use,
    named_areas.months_off
from last_sent
join named_areas
    on named_areas.area_code = last_sent.area_code
    and named_areas.period = last_sent.period
where named_areas.series_code is not null;
