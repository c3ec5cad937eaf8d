-- Findings that hold a figure against the months, elements or areas that it sums up.
-- columns: kind, severity, area_code, month, subject, evidence
-- from: figures, figures_with_previous, reported_counts, summed_counts, elements, element_parts, files
--
-- cumulative_falls    a cumulative figure is below that of an earlier month of the year
-- cumulative_differs  a cumulative, quarter or year figure is not the sum of the stated months of the same source
-- sum_differs         a stated element is not the sum of its stated parts
-- children_differ     a stated figure of an area is not the sum of the areas right below, all known

create table found_in_sums as
with

cumulative_falls as (
    select
        'cumulative_falls' as kind,
        'error' as severity,
        later.area_code,
        later.period as month,
        later.element as subject,
        {
            'source': later.source,
            'path': files.path,
            'previous_month': strftime(later.previous_period, '%Y-%m'),
            'previous': later.previous_value,
            'found': later.value
        }::json as evidence
    from figures_with_previous as later
    join files
        on files.file_id = later.file_id
    where later.kind = 'flow'
        and later.span = 'ytd'
        and later.value < later.previous_value
        and year(later.previous_period) = year(later.period)
),

of_several_months as (
    select
        figures.*,
        case figures.span
            when 'quarter' then 3
            when 'ytd' then month(figures.period)
            else 12
        end as months
    from figures
    join elements
        on elements.element = figures.element
    where figures.span <> 'month'
        and elements.kind = 'flow'
),

cumulative_differs as (
    select
        'cumulative_differs' as kind,
        'warning' as severity,
        of_several_months.area_code,
        of_several_months.period as month,
        of_several_months.element as subject,
        {
            'source': of_several_months.source,
            'path': any_value(files.path),
            'span': of_several_months.span,
            'stated': of_several_months.value,
            'sum_of_months': sum(stated_months.value)::bigint
        }::json as evidence
    from of_several_months
    join figures as stated_months
        on stated_months.source = of_several_months.source
        and stated_months.area_code = of_several_months.area_code
        and stated_months.element = of_several_months.element
        and stated_months.span = 'month'
        and stated_months.period <= of_several_months.period
        and stated_months.period > of_several_months.period - to_months(of_several_months.months::integer)
    join files
        on files.file_id = of_several_months.file_id
    group by of_several_months.source, of_several_months.area_code, of_several_months.period,
        of_several_months.span, of_several_months.element, of_several_months.value, of_several_months.months
    having count(*) = of_several_months.months
        and sum(stated_months.value) <> of_several_months.value
),

-- of one source and span, so that the figures mean the same
sum_differs as (
    select
        'sum_differs' as kind,
        'warning' as severity,
        whole.area_code,
        whole.period as month,
        whole.element as subject,
        {
            'source': whole.source,
            'path': any_value(files.path),
            'span': whole.span,
            'stated': whole.value,
            'sum_of_parts': sum(stated_parts.value)::bigint
        }::json as evidence
    from figures as whole
    join element_parts
        on element_parts.element = whole.element
    join figures as stated_parts
        on stated_parts.element = element_parts.part
        and stated_parts.source = whole.source
        and stated_parts.area_code = whole.area_code
        and stated_parts.period = whole.period
        and stated_parts.span = whole.span
    join files
        on files.file_id = whole.file_id
    group by whole.source, whole.area_code, whole.period, whole.span, whole.element, whole.value
    having count(*) = any_value(element_parts.number_of_parts)
        and sum(stated_parts.value) <> whole.value
),

-- figures of one source must add up; those of several may differ as much as elements.toml allows
children_differ as (
    select
        'children_differ' as kind,
        'warning' as severity,
        reported_counts.area_code,
        reported_counts.month,
        reported_counts.element as subject,
        {
            'source': reported_counts.source,
            'stated': reported_counts.value::bigint,
            'sum_of_areas': summed_counts.value::bigint,
            'areas': summed_counts.areas
        }::json as evidence
    from reported_counts
    join summed_counts
        on summed_counts.area_code = reported_counts.area_code
        and summed_counts.month = reported_counts.month
        and summed_counts.element = reported_counts.element
    join elements
        on elements.element = reported_counts.element
    where summed_counts.value <> reported_counts.value
        and (
            (summed_counts.first_source = reported_counts.source and summed_counts.last_source = reported_counts.source)
            or differ_beyond_chance(reported_counts.value, summed_counts.value, elements.sources_may_differ_by)
        )
)

select * from cumulative_falls

union all

select * from children_differ

union all

select * from cumulative_differs

union all

select * from sum_differs;
