-- One row per area of today and each part of it: areas of today, and series of areas that were split, in their home.
-- key: area_code, member_code
-- columns: area_code, member_code, distance
-- from: area_descendants, series

create table members as
select
    area_code,
    member_code,
    distance
from area_descendants

union all

select distinct
    area_descendants.area_code,
    series.series_code as member_code,
    1 as distance
from series
join area_descendants
    on area_descendants.member_code = series.current_code
where series.is_split;
