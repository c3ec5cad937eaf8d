-- Findings that hold the sources of one element against each other.
-- columns: kind, severity, area_code, month, subject, evidence
-- from: disagreements, elements, calendar, edition
--
-- sources_disagree  over the last 12 months (in the first year: since January; a stock: at the end of the edition) two
--                   sources differ by more than elements.toml allows and by more than chance would

create table found_in_sources as
select
    'sources_disagree' as kind,
    'warning' as severity,
    disagreements.area_code,
    disagreements.month,
    disagreements.element as subject,
    {
        'source': disagreements.source,
        'preferred_source': disagreements.preferred_source,
        'time_window': disagreements.time_window,
        'months': disagreements.months,
        'preferred': disagreements.value_preferred,
        'found': disagreements.value
    }::json as evidence
from disagreements
join elements
    on elements.element = disagreements.element
where disagreements.month = (select month from edition)
    and disagreements.time_window = case
        when elements.kind = 'stock' then 'month'
        when (select count(*) from calendar) < 12 then 'ytd'
        else 'rolling_12'
    end
    and differ_beyond_chance(disagreements.value_preferred, disagreements.value, elements.sources_may_differ_by);
