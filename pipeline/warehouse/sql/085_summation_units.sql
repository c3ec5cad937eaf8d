-- One row per area and element that sums above are made of: an area that reports, with none below that does.
-- key: area_code, element
-- columns: area_code, element
-- from: reported_counts, series, validities, area_descendants, areas_of_today, members
--
-- Whether an area of today has others below is asked of today's areas; of one that was split, of the areas of its time.

create table summation_units as
with recursive

reporters as (
    select distinct
        area_code,
        element
    from reported_counts
),

-- by the areas' parents of any time
once_below as (
    select distinct
        upper.series_code as area_code,
        below.series_code as member_code
    from series as upper
    join validities as lower
        on lower.parent_code = upper.area_code
    join series as below
        on below.validity = lower.validity
    where upper.is_split
        and below.series_code <> upper.series_code

    union

    select
        once_below.area_code,
        below.series_code as member_code
    from once_below
    join series as upper
        on upper.series_code = once_below.member_code
    join validities as lower
        on lower.parent_code = upper.area_code
    join series as below
        on below.validity = lower.validity
    where below.series_code <> once_below.area_code
),

above_a_reporter as (
    select distinct
        area_descendants.area_code,
        reporters.element
    from area_descendants
    join reporters
        on reporters.area_code = area_descendants.member_code
    where area_descendants.distance > 0
),

once_above_a_reporter as (
    select distinct
        once_below.area_code,
        reporters.element
    from once_below
    join reporters
        on reporters.area_code = once_below.member_code
),

of_today as (
    select
        reporters.area_code,
        reporters.element
    from reporters
    semi join areas_of_today
        using (area_code)
    anti join above_a_reporter
        using (area_code, element)
),

-- the areas that were split, and lie in a unit of today
in_a_unit as (
    select
        members.member_code as area_code,
        of_today.element
    from of_today
    join members
        on members.area_code = of_today.area_code
),

former as (
    select
        reporters.area_code,
        reporters.element
    from reporters
    anti join areas_of_today
        using (area_code)
    anti join once_above_a_reporter
        using (area_code, element)
    anti join in_a_unit
        using (area_code, element)
)

select * from of_today

union all

select * from former;
