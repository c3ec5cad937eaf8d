-- One row per element and source that states it: its rank by precedence, those that elements.toml does not name last.
-- key: element, source
-- columns: source, element, rank
-- from: figures, element_sources

create table source_ranks as
select
    stating.source,
    stating.element,
    row_number() over (
        partition by stating.element
        order by element_sources.precedence nulls last, stating.source
    ) as rank
from (select distinct source, element from figures) as stating
left join element_sources
    on element_sources.element = stating.element
    and element_sources.source = stating.source;
