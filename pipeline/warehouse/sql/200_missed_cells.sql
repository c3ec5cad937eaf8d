-- One row per file, sheet, element, month and area: a blank cell of a figure that the area usually gives.
-- key: source, path, sheet, element, month, area_code
-- columns: source, path, sheet, row, column, element, month, area_code, current_code, span
-- from: blanks, named_areas, area_resolved, reported_counts, counts, elements, edition
--
-- The area has other figures in the row, and nothing else fills the gap. Usual is what an area gives in half of its
-- other months at least; where it has no other, what half of the others give. `row` and `column` are the first of several.

create table missed_cells as
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
        when cells.span in ('ytd', 'year')
            then coalesce(reported_counts.value_ytd, counts.value_ytd, reported_counts.value, counts.value)
        else coalesce(reported_counts.value, counts.value)
    end is null
),

given_or_blank as (
    select source, area_code, element, span, month, false as is_blank from given

    union all

    select source, area_code, element, span, month, true as is_blank from blank
),

by_area as (
    select
        source,
        area_code,
        element,
        span,
        count(distinct month) filter (is_blank) as months_blank,
        count(distinct month) filter (not is_blank) as months_given
    from given_or_blank
    group by all
),

by_month as (
    select
        source,
        element,
        span,
        month,
        count(distinct area_code) filter (is_blank) as areas_blank,
        count(distinct area_code) filter (not is_blank) as areas_given
    from given_or_blank
    group by all
)

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
join by_area
    using (source, area_code, element, span)
join by_month
    using (source, element, span, month)
where case
    when by_area.months_blank = 1 and by_area.months_given = 0
        then by_month.areas_given >= greatest(by_month.areas_blank - 1, 1)
    else by_area.months_given >= greatest((by_area.months_given + by_area.months_blank - 1) / 2, 1)
end
group by blank.source, blank.path, blank.sheet, blank.element, blank.month, blank.area_code;
