-- Findings about cells that are blank in a row that has other figures.
-- columns: kind, severity, area_code, month, subject, evidence
-- from: missed_cells, counts, area_descendants, areas_of_today, element_parts, indicator_terms
--
-- blank_cell  an area lacks an element that it usually gives, and nothing fills the gap: what is unknown by it, up to the
--             top. Of more than two such areas of one file and month that lie in the same area, one line tells

create table found_in_blanks as
with

beside_others as (
    select
        missed_cells.*,
        coalesce(areas_of_today.parent_code, missed_cells.current_code) as parent_code,
        count(*) over (
            partition by missed_cells.source, missed_cells.path, missed_cells.element, missed_cells.month, parent_code
        ) as areas
    from missed_cells
    left join areas_of_today
        on areas_of_today.area_code = missed_cells.area_code
),

-- one line for an area, or for the area above several
told as (
    select
        source,
        path,
        element,
        month,
        case when areas > 2 then parent_code else area_code end as told_of,
        case when areas > 2 then parent_code else current_code end as home_code,
        any_value(areas) as areas,
        arg_min(sheet, (sheet, "row", "column")) as sheet,
        arg_min("row", (sheet, "row", "column")) as "row",
        arg_min("column", (sheet, "row", "column")) as "column",
        any_value(span) as span
    from beside_others
    group by all
),

-- an element, the sums it is a part of, and the sums of these
needing as (
    select
        element,
        element as unknown_element
    from (select distinct element from told)

    union

    select
        told.element,
        sums.element
    from (select distinct element from told) as told
    join element_parts as sums
        on sums.part = told.element
),

unknown as (
    select
        told.source,
        told.path,
        told.element,
        told.month,
        told.told_of,
        area_descendants.area_code,
        area_descendants.depth,
        needing.unknown_element
    from told
    join area_descendants
        on area_descendants.member_code = told.home_code
    join needing
        on needing.element = told.element
    join counts
        on counts.area_code = area_descendants.area_code
        and counts.element = needing.unknown_element
        and counts.month = told.month
    where case when told.span in ('ytd', 'year') then coalesce(counts.value_ytd, counts.value) else counts.value end is null
),

named as (
    select
        unknown.source,
        unknown.path,
        unknown.element,
        unknown.month,
        unknown.told_of,
        list(distinct {'depth': unknown.depth, 'code': unknown.area_code, 'name': areas_of_today.name}) as areas,
        list_sort(list_distinct(list(unknown.unknown_element))) as elements
    from unknown
    join areas_of_today
        on areas_of_today.area_code = unknown.area_code
    group by all
),

-- an indicator that needs what nobody ever counted is unknown anyway
computable as (
    select indicator
    from indicator_terms
    group by indicator
    having bool_and(element in (select element from counts where coalesce(value, value_ytd) is not null))
),

of_indicators as (
    select
        named.source,
        named.path,
        named.element,
        named.month,
        named.told_of,
        list_sort(list_distinct(list(indicator_terms.indicator))) as indicators
    from named
    join indicator_terms
        on list_contains(named.elements, indicator_terms.element)
    semi join computable
        on computable.indicator = indicator_terms.indicator
    group by all
)

select
    'blank_cell' as kind,
    'warning' as severity,
    told.told_of as area_code,
    told.month,
    told.element as subject,
    {
        'source': told.source,
        'path': told.path,
        'sheet': told.sheet,
        'row': told."row",
        'column': told."column",
        'areas': case when told.areas > 2 then told.areas end,
        'unknown': array_to_string(
            list_transform(list_reverse_sort(named.areas), lambda each: each.code || ' ' || each.name), ' → '
        ),
        'elements': array_to_string(named.elements, ', '),
        'indicators': array_to_string(of_indicators.indicators, ', ')
    }::json as evidence
from told
left join named
    using (source, path, element, month, told_of)
left join of_indicators
    using (source, path, element, month, told_of);
