-- One row per area of today and each area of today within it, itself among them.
-- key: area_code, member_code
-- columns: area_code, member_code, depth, distance
-- from: areas_of_today
--
-- `depth` is that of the area, `distance` the number of levels down to the member: 0 for the area itself.

create table area_descendants as
with recursive

within as (
    select
        area_code,
        area_code as member_code,
        depth,
        depth as member_depth
    from areas_of_today

    union

    select
        within.area_code,
        child.area_code as member_code,
        within.depth,
        child.depth as member_depth
    from within
    join areas_of_today as child
        on child.parent_code = within.member_code
        and child.depth > within.member_depth
)

select
    area_code,
    member_code,
    depth,
    member_depth - depth as distance
from within;
