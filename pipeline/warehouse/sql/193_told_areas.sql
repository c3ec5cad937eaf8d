-- One row per kind, source, month and area of today of which it is told that all its returns are copied or missing.
-- key: kind, source, month, area_code
-- columns: kind, source, month, area_code
-- from: copied_areas, silent_areas, area_descendants
--
-- Of two such areas within one another the outer one is told if it holds more returns, else the inner one.

create table told_areas as
with

concerned as (
    select
        'copied_month' as kind,
        source,
        month,
        area_code,
        areas
    from copied_areas

    union all

    select
        'long_silent' as kind,
        source,
        month,
        area_code,
        areas
    from silent_areas
),

passed_over as (
    select
        outer_area.kind,
        outer_area.source,
        outer_area.month,
        case when outer_area.areas > inner_area.areas then inner_area.area_code else outer_area.area_code end as area_code
    from concerned as outer_area
    join area_descendants
        on area_descendants.area_code = outer_area.area_code
        and area_descendants.distance > 0
    join concerned as inner_area
        on inner_area.kind = outer_area.kind
        and inner_area.source = outer_area.source
        and inner_area.month = outer_area.month
        and inner_area.area_code = area_descendants.member_code
)

select
    kind,
    source,
    month,
    area_code
from concerned
anti join passed_over
    using (kind, source, month, area_code);
