-- One row per area and element of which figures came, or came of the area it was split from: the months it counts in.
-- key: area_code, element
-- columns: area_code, element, first_month, last_month
-- from: validities, reference_levels, edition, series, chosen_counts, reached_validities, members
--
-- An area that was split is a part up to its end, and what came out of it from then on.

create table reporters as
with

depths as (
    select
        validities.validity,
        reference_levels.depth
    from validities
    join reference_levels
        on reference_levels.level = validities.level
),

ends as (
    select
        series_code as area_code,
        coalesce(
            max(last_month) filter (valid_from <= (select month from edition)),
            max(last_month)
        ) as last_month
    from series
    where is_split
    group by series_code
),

began as (
    select
        area_code,
        element,
        min(month) as first_month
    from chosen_counts
    where coalesce(value, value_ytd) is not null
    group by area_code, element
),

-- what came of a split is due from then on, and what only came of that later, since it began; not the area above,
-- in which an area counts that nothing followed
parts_of_split as (
    select
        split.series_code as area_code,
        part.series_code as part_code,
        greatest(max(ends.last_month) + interval 1 month, min(whole.valid_from))::date as first_month,
        coalesce(any_value(ends_of_part.last_month), date '9999-12-01') as last_month
    from series as split
    join ends
        on ends.area_code = split.series_code
    join depths
        on depths.validity = split.validity
    join reached_validities
        on reached_validities.validity = split.validity
    join series as part
        on part.validity = reached_validities.reached
        and part.series_code <> split.series_code
        and part.series_code <> split.current_code
    join depths as depths_of_part
        on depths_of_part.validity = part.validity
        and depths_of_part.depth >= depths.depth
    join series as whole
        on whole.series_code = part.series_code
    left join ends as ends_of_part
        on ends_of_part.area_code = part.series_code
    where split.is_split
    group by split.series_code, part.series_code
),

reporting as (
    select
        began.area_code,
        began.element,
        began.first_month,
        coalesce(ends.last_month, date '9999-12-01') as last_month
    from began
    left join ends
        on ends.area_code = began.area_code

    union all

    select
        parts_of_split.part_code as area_code,
        began.element,
        parts_of_split.first_month,
        parts_of_split.last_month
    from began
    join parts_of_split
        on parts_of_split.area_code = began.area_code
)

select
    area_code,
    element,
    min(first_month) as first_month,
    min(last_month) as last_month
from reporting
where area_code in (select member_code from members)
group by area_code, element;
