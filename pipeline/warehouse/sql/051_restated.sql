-- One row per count that several files state.
-- key: source, area_code, period, span, element
-- columns: source, area_code, period, span, element
-- from: source_totals

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
