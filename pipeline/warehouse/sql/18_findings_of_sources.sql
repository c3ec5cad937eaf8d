-- found_in_sources  findings that hold the sources of one element against each other
-- from: disagreements, elements, calendar, thresholds, edition
--
-- sources_disagree  over the last 12 months (in the first year: since January; a stock: at the end of the edition) two
--                   sources differ by more than elements.toml allows and by more than chance would

create table found_in_sources as
with

latest as (
    select
        disagreements.*,
        abs(disagreements.value - disagreements.value_preferred) as difference,
        greatest(disagreements.value, disagreements.value_preferred) as larger,
        elements.sources_may_differ_by
    from disagreements
    join elements
        on elements.element = disagreements.element
    where disagreements.month = (select month from edition)
        and disagreements.time_window = case
            when elements.kind = 'stock' then 'month'
            when (select count(*) from calendar) < 12 then 'ytd'
            else 'rolling_12'
        end
)

select
    'sources_disagree' as kind,
    'warning' as severity,
    area_code,
    month,
    element as subject,
    {
        'source': source,
        'preferred_source': preferred_source,
        'time_window': time_window,
        'months': months,
        'preferred': value_preferred,
        'found': value
    }::json as evidence
from latest
where difference > sources_may_differ_by / 100 * value_preferred
    and difference > (select noise from thresholds) * sqrt(larger);
