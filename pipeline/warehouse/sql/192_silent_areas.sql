-- One row per source and area of today from which nothing has come for three dates due or more.
-- key: source, area_code
-- columns: source, month, area_code, months_silent, areas
-- from: completeness, sources, thresholds
--
-- `month` is the last one due, `areas` the number of areas within that are due.

create table silent_areas as
with

latest as (
    select *
    from completeness
    qualify month = max(month) over (partition by area_code, source)
)

select
    latest.source,
    latest.month,
    latest.area_code,
    latest.months_silent,
    latest.expected as areas
from latest
join sources
    on sources.source = latest.source
where latest.months_silent >= (select returns_silent from thresholds) * sources.every_months;
