-- One row per figure that several files of a source state.
-- key: source, area_code, period, span, element
-- columns: source, area_code, period, span, element
-- from: source_totals

create table restated_figures as
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
