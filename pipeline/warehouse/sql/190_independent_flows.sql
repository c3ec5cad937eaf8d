-- One row per flow of each source that is not the sum of others that the source states.
-- key: source, element
-- columns: source, element
-- from: figures, elements, element_parts

create table independent_flows as
with

stated_elements as (
    select distinct
        source,
        element
    from figures
),

sums as (
    select
        stated_elements.source,
        element_parts.element
    from element_parts
    join stated_elements
        on stated_elements.element = element_parts.part
)

select stated_elements.*
from stated_elements
join elements
    on elements.element = stated_elements.element
anti join sums
    on sums.source = stated_elements.source
    and sums.element = stated_elements.element
where elements.kind = 'flow';
