-- One row per source, area of today (or split area), period, span and element.
-- key: source, area_code, period, span, element
-- from: lineage_of_figures

create table figures as
select
    source,
    area_code,
    period,
    span,
    element,
    sum(value)::bigint as value,
    bool_or(is_corrected) as is_corrected,
    arg_max(file_id, sequence) as file_id,
    sum(files)::bigint as files
from lineage_of_figures
group by all;
