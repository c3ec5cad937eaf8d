-- One row per file, sheet, element, month and area: a blank cell of a figure that the area usually gives.
-- key: source, path, sheet, element, month, area_code
-- columns: source, path, sheet, row, column, element, month, area_code, current_code, span
-- from: blanks, places, located, base, counts, elements, edition
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
        places.series_code as area_code,
        places.current_code
    from blanks
    join elements
        on elements.element = blanks.element
        and elements.kind in ('flow', 'stock')
    join places
        on places.area_code = blanks.area_code
        and places.period = blanks.period
    where blanks.period <= (select month from edition)
        and places.months_off = 0
),

given as (
    select
        located.source,
        located.series_code as area_code,
        located.element,
        located.span,
        located.period as month
    from located
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
    left join base
        on base.area_code = cells.area_code
        and base.element = cells.element
        and base.month = cells.month
    left join counts
        on counts.area_code = cells.area_code
        and counts.element = cells.element
        and counts.month = cells.month
    where case
        when cells.span in ('ytd', 'year') then coalesce(base.value_ytd, counts.value_ytd, base.value, counts.value)
        else coalesce(base.value, counts.value)
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
