-- One row per area above units, month and element: the sum of their counts; with one missing, it is missing.
-- key: area_code, month, element
-- columns: area_code, month, element, value, value_ytd, first_source, last_source, areas
-- from: reported_counts, summation_units, members

create table summed_counts as
select
    members.area_code,
    reported_counts.month,
    reported_counts.element,
    case when count(reported_counts.value) = count(*) then sum(reported_counts.value)::bigint end as value,
    case when count(reported_counts.value_ytd) = count(*) then sum(reported_counts.value_ytd)::bigint end as value_ytd,
    min(reported_counts.source) as first_source,
    max(reported_counts.source) as last_source,
    count(*) as areas
from reported_counts
join summation_units
    on summation_units.area_code = reported_counts.area_code
    and summation_units.element = reported_counts.element
join members
    on members.member_code = reported_counts.area_code
where members.distance > 0
group by members.area_code, reported_counts.month, reported_counts.element;
