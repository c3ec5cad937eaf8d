-- One row per area of today, element of kind date that has a due date, and month.
-- key: area_code, element, month
-- from: source_totals, named_areas, elements, due_returns, areas_of_today, edition
--
-- Expected from every area that reports to a source that states the element for areas of this level, in the months in
-- which the source is due, since the element was first stated. Of several files, the day that the last one states counts.

create table deadlines as
with

stated_days as (
    select
        named_areas.series_code as area_code,
        source_totals.source,
        source_totals.element,
        source_totals.period as month,
        arg_max(source_totals.value, (source_totals.sequence, source_totals.value)) as day_number
    from source_totals
    join named_areas
        on named_areas.area_code = source_totals.area_code
        and named_areas.period = source_totals.period
    join areas_of_today
        on areas_of_today.area_code = named_areas.series_code
    where source_totals.kind = 'date'
    group by named_areas.series_code, source_totals.source, source_totals.element, source_totals.period
),

first_months as (
    select
        stated_days.source,
        stated_days.element,
        areas_of_today.level,
        min(stated_days.month) as first_month
    from stated_days
    join areas_of_today
        on areas_of_today.area_code = stated_days.area_code
    group by stated_days.source, stated_days.element, areas_of_today.level
),

items as (
    select distinct
        due_returns.area_code,
        first_months.element,
        due_returns.month,
        day_due(due_returns.month, elements.due_months_after, elements.due_day) as due
    from first_months
    join elements
        on elements.element = first_months.element
        and elements.due_day is not null
    join due_returns
        on due_returns.source = first_months.source
        and due_returns.month >= first_months.first_month
    join areas_of_today
        on areas_of_today.area_code = due_returns.area_code
        and areas_of_today.level = first_months.level
),

done as (
    select
        area_code,
        element,
        month,
        (date '1970-01-01' + to_days(max(day_number)::integer))::date as done
    from stated_days
    group by area_code, element, month
),

judged as (
    select
        items.area_code,
        items.element,
        items.month,
        items.due,
        done.done,
        case
            when done.done is null then 'open'
            when done.done <= items.due then 'on_time'
            else 'late'
        end as status,
        last_day((select month from edition)) as today
    from items
    left join done
        on done.area_code = items.area_code
        and done.element = items.element
        and done.month = items.month
)

select
    area_code,
    element,
    month,
    due,
    done,
    status,
    case
        when done is not null then greatest(datediff('day', due, done), 0)
        when today > due then datediff('day', due, today)
    end as days_late
from judged;
