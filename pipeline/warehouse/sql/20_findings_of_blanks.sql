-- found_in_blanks  findings about cells that are blank in a row that has other figures
-- from: blanks, files, named_areas, area_resolved, reported_counts, counts, area_descendants, members, areas_of_today, element_parts, indicator_terms,
-- elements, edition
--
-- blank_cell  an area reports a source in a month and lacks an element that it usually gives, and nothing fills the gap:
--             what is unknown by it, up to the top. Of more than two such areas of one file and month that lie in the
--             same area, one line tells
-- Usual is what an area gives in half of its other months at least; where it has no other, what half of the others give.

create table found_in_blanks as
with

cells as (
    select
        blanks.source,
        blanks.path,
        blanks.sheet,
        blanks."row",
        blanks."column",
        blanks.element,
        blanks.span,
        blanks.period as month,
        named_areas.series_code as area_code,
        named_areas.current_code
    from blanks
    join elements
        on elements.element = blanks.element
        and elements.kind in ('flow', 'stock')
    join named_areas
        on named_areas.area_code = blanks.area_code
        and named_areas.period = blanks.period
    where blanks.period <= (select month from edition)
        and named_areas.months_off = 0
),

given as (
    select
        area_resolved.source,
        area_resolved.series_code as area_code,
        area_resolved.element,
        area_resolved.span,
        area_resolved.period as month
    from area_resolved
    semi join (select distinct source, element, span from cells) as asked
        using (source, element, span)
    group by all
),

-- blank in every file that states the row: what one of them gives is no blank
blank as (
    select cells.*
    from cells
    anti join given
        using (source, area_code, element, span, month)
    left join reported_counts
        on reported_counts.area_code = cells.area_code
        and reported_counts.element = cells.element
        and reported_counts.month = cells.month
    left join counts
        on counts.area_code = cells.area_code
        and counts.element = cells.element
        and counts.month = cells.month
    where case
        when cells.span in ('ytd', 'year') then coalesce(reported_counts.value_ytd, counts.value_ytd, reported_counts.value, counts.value)
        else coalesce(reported_counts.value, counts.value)
    end is null
),

months_blank as (
    select
        source,
        area_code,
        element,
        span,
        count(distinct month) as months
    from blank
    group by all
),

months_given as (
    select
        source,
        area_code,
        element,
        span,
        count(distinct month) as months
    from given
    group by all
),

areas_blank as (
    select
        source,
        element,
        span,
        month,
        count(distinct area_code) as areas
    from blank
    group by all
),

areas_given as (
    select
        source,
        element,
        span,
        month,
        count(distinct area_code) as areas
    from given
    group by all
),

missed as (
    select
        blank.source,
        blank.path,
        blank.sheet,
        min(blank."row") as "row",
        min(blank."column") as "column",
        blank.element,
        blank.month,
        blank.area_code,
        any_value(blank.current_code) as current_code,
        any_value(blank.span) as span
    from blank
    join months_blank
        using (source, area_code, element, span)
    left join months_given
        using (source, area_code, element, span)
    left join areas_blank
        using (source, element, span, month)
    left join areas_given
        using (source, element, span, month)
    where case
        when months_blank.months = 1 and months_given.months is null
            then coalesce(areas_given.areas, 0) >= greatest(areas_blank.areas - 1, 1)
        else coalesce(months_given.months, 0) >= greatest((coalesce(months_given.months, 0) + months_blank.months - 1) / 2, 1)
    end
    group by blank.source, blank.path, blank.sheet, blank.element, blank.month, blank.area_code
),

held as (
    select
        missed.*,
        coalesce(areas_of_today.parent_code, missed.current_code) as parent_code,
        count(*) over (partition by missed.source, missed.path, missed.element, missed.month, parent_code) as areas
    from missed
    left join areas_of_today
        on areas_of_today.area_code = missed.area_code
),

-- one line for an area, or for the area above several
told as (
    select
        source,
        path,
        element,
        month,
        case when areas > 2 then parent_code else area_code end as told_of,
        case when areas > 2 then parent_code else current_code end as place,
        any_value(areas) as areas,
        arg_min(sheet, (sheet, "row", "column")) as sheet,
        arg_min("row", (sheet, "row", "column")) as "row",
        arg_min("column", (sheet, "row", "column")) as "column",
        any_value(span) as span
    from held
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
        on area_descendants.member_code = told.place
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
