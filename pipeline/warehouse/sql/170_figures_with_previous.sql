-- One row per figure of a month or since January, with the one before it in its series.
-- key: source, area_code, element, span, period
-- columns: source, area_code, period, span, element, value, file_id, kind, previous_value, previous_period,
-- follows_directly
-- from: figures, elements

create table figures_with_previous as
select
    figures.source,
    figures.area_code,
    figures.period,
    figures.span,
    figures.element,
    figures.value,
    figures.file_id,
    elements.kind,
    lag(figures.value) over by_month as previous_value,
    lag(figures.period) over by_month as previous_period,
    lag(figures.period) over by_month = previous_month(figures.period) as follows_directly
from figures
join elements
    on elements.element = figures.element
where figures.span in ('month', 'ytd')
window by_month as (
    partition by figures.source, figures.area_code, figures.element, figures.span
    order by figures.period
);
