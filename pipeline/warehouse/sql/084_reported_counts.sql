-- One row per area, month in which it counts, and element: the count by its own figures.
-- key: area_code, month, element
-- from: reporters, elements, calendar, chosen_counts
--
-- January to the month is the cumulative figure of the source that has all the months, or where months are missing; else
-- the months come from several sources, and it is their sum: `ytd_source` is null.

create table reported_counts as
with

every_month as (
    select
        reporters.area_code,
        calendar.month,
        reporters.element,
        elements.kind,
        chosen_counts.value,
        coalesce(chosen_counts.status, 'missing') as status,
        chosen_counts.source,
        chosen_counts.value_ytd as stated_ytd,
        chosen_counts.ytd_source
    from reporters
    join elements
        on elements.element = reporters.element
    join calendar
        on calendar.month between reporters.first_month and reporters.last_month
    left join chosen_counts
        on chosen_counts.area_code = reporters.area_code
        and chosen_counts.element = reporters.element
        and chosen_counts.month = calendar.month
),

added_up as (
    select
        *,
        count(value) over of_year = month(month) as are_all_known,
        sum(value::double) over of_year as sum_of_year,
        min(source) over of_year = ytd_source and max(source) over of_year = ytd_source as is_of_one_source
    from every_month
    window of_year as (partition by area_code, element, year(month) order by month)
),

decided as (
    select
        *,
        kind = 'flow' and are_all_known and not coalesce(is_of_one_source, false) as is_sum_of_months
    from added_up
)

select
    area_code,
    month,
    element,
    value,
    case
        when kind <> 'flow' then null
        when is_sum_of_months then sum_of_year
        else stated_ytd
    end::bigint as value_ytd,
    status,
    source,
    case when kind = 'flow' and not is_sum_of_months then ytd_source end as ytd_source
from decided;
