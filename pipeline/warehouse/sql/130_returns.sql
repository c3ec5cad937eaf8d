-- One row per source, area of today and month of which any file holds a figure.
-- key: source, area_code, month
-- columns: source, area_code, month, received
-- from: source_totals, named_areas, files, sources, areas_of_today, area_descendants
--
-- Where the source names the level that is due, figures of areas within an area of that level are its return.
-- `received` is the day of the first file: what is sent again later does not make a return late.

create table returns as
with

sent as (
    select distinct
        file_id,
        source,
        area_code,
        period
    from source_totals
),

due_holders as (
    select
        sources.source,
        area_descendants.member_code,
        area_descendants.area_code
    from area_descendants
    join areas_of_today
        on areas_of_today.area_code = area_descendants.area_code
    join sources
        on sources.due_level = areas_of_today.level
)

select
    sent.source,
    coalesce(due_holders.area_code, named_areas.series_code) as area_code,
    sent.period as month,
    min(files.received) as received
from sent
join named_areas
    on named_areas.area_code = sent.area_code
    and named_areas.period = sent.period
join files
    on files.file_id = sent.file_id
join areas_of_today
    on areas_of_today.area_code = named_areas.series_code
left join due_holders
    on due_holders.source = sent.source
    and due_holders.member_code = named_areas.series_code
group by all;
