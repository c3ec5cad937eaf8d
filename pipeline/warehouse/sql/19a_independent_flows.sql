-- One row per flow of each source that is not the sum of others that the source states.
-- key: source, element
-- columns: source, element
-- from: figures, elements, element_parts

create table independent_flows as
with

stated as (
    select distinct
        source,
        element
    from figures
),

sums as (
    select
        stated.source,
        element_parts.element
    from element_parts
    join stated
        on stated.element = element_parts.part
)

select stated.*
from stated
join elements
    on elements.element = stated.element
anti join sums
    on sums.source = stated.source
    and sums.element = stated.element
where elements.kind = 'flow';
