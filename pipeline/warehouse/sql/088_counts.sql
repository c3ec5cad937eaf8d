-- One row per area of today, month and element.
-- key: area_code, month, element
-- from: reported_counts, summed_counts, element_parts, areas_of_today, calendar, elements
--
-- A count is that of the area's own figures; else the sum of the areas below; else the sum of the parts of the element:
-- `made_of` and `ytd_made_of` say which.

create table counts as
with

own_or_summed as (
    select
        coalesce(reported_counts.area_code, summed_counts.area_code) as area_code,
        coalesce(reported_counts.month, summed_counts.month) as month,
        coalesce(reported_counts.element, summed_counts.element) as element,
        coalesce(reported_counts.value, summed_counts.value) as value,
        coalesce(reported_counts.value_ytd, summed_counts.value_ytd) as value_ytd,
        case
            when reported_counts.value is not null then 'figures'
            when summed_counts.value is not null then 'areas'
        end as made_of,
        case
            when reported_counts.value_ytd is not null then 'figures'
            when summed_counts.value_ytd is not null then 'areas'
        end as ytd_made_of,
        reported_counts.status,
        reported_counts.source
    from reported_counts
    full join summed_counts
        on summed_counts.area_code = reported_counts.area_code
        and summed_counts.month = reported_counts.month
        and summed_counts.element = reported_counts.element
),

parts as (
    select
        element,
        part,
        count(*) over (partition by element) as number
    from element_parts
),

added as (
    select
        own_or_summed.area_code,
        own_or_summed.month,
        parts.element,
        case when count(own_or_summed.value) = any_value(parts.number) then sum(own_or_summed.value) end as value,
        case when count(own_or_summed.value_ytd) = any_value(parts.number) then sum(own_or_summed.value_ytd) end as value_ytd
    from own_or_summed
    join parts
        on parts.part = own_or_summed.element
    group by own_or_summed.area_code, own_or_summed.month, parts.element
),

final as (
    select
        areas_of_today.area_code,
        calendar.month,
        elements.element,
        coalesce(own_or_summed.value, added.value)::bigint as value,
        coalesce(own_or_summed.value_ytd, added.value_ytd)::bigint as value_ytd,
        coalesce(own_or_summed.made_of, case when added.value is not null then 'parts' end) as made_of,
        coalesce(own_or_summed.ytd_made_of, case when added.value_ytd is not null then 'parts' end) as ytd_made_of,
        own_or_summed.status as reported_status,
        own_or_summed.source
    from areas_of_today
    cross join calendar
    cross join elements
    left join own_or_summed
        on own_or_summed.area_code = areas_of_today.area_code
        and own_or_summed.month = calendar.month
        and own_or_summed.element = elements.element
    left join added
        on added.area_code = areas_of_today.area_code
        and added.month = calendar.month
        and added.element = elements.element
    where elements.kind in ('flow', 'stock')
)

select
    area_code,
    month,
    element,
    value,
    value_ytd,
    case made_of
        when 'figures' then reported_status
        when 'areas' then 'summed'
        when 'parts' then 'summed'
        else 'missing'
    end as status,
    source,
    made_of,
    ytd_made_of
from final;
