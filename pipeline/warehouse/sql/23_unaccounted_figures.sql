-- One row per figure that was sent and is neither shown at the top nor named as missing; there is none, or the build stops.
-- columns: step, element, month, areas, sent, shown
-- from: located, figures, monthly, series, base, lowest, summed, members, areas_of_today, counts, calendar
--
-- Nothing is added up here that was added up before: each step is held against the one before it.
--
-- merging     what is in use in its month is in the figures of its series, or the series lacks one of its parts
-- beginning   what is known of an area in a month has that month among those of the area
-- nesting     none of the areas that a sum is made of lies in another
-- adding      what the lowest areas sent = what the top shows + what was sent below a top that lacks one of them
-- publishing  the top is published as it was added up

create table unaccounted_figures as
with

in_use as (
    select
        source,
        series_code,
        period,
        span,
        element,
        sum(value) as sent
    from located
    where months_off = 0
    group by all
),

changed as (
    select
        in_use.*,
        figures.value as shown
    from in_use
    left join figures
        on figures.source = in_use.source
        and figures.area_code = in_use.series_code
        and figures.period = in_use.period
        and figures.span = in_use.span
        and figures.element = in_use.element
    where figures.value is distinct from in_use.sent
),

-- which parts of a series came is counted only where its figure is not there: elsewhere nobody asks
parts_sent as (
    select
        source,
        series_code,
        period,
        span,
        element,
        count(distinct line) as lines
    from located
    semi join changed
        using (source, series_code, period, span, element)
    where months_off = 0
    group by all
),

parts_of_series as (
    select
        series_code,
        count(distinct line) as lines
    from series
    group by series_code
),

merging as (
    select
        'merging' as step,
        changed.element,
        changed.period as month,
        [changed.series_code] as areas,
        changed.sent,
        coalesce(changed.shown, 0) as shown
    from changed
    join parts_sent
        using (source, series_code, period, span, element)
    left join parts_of_series
        using (series_code)
    where changed.shown is not null
        or parts_of_series.lines is null
        or parts_of_series.lines <= parts_sent.lines
),

beginning as (
    select
        'beginning' as step,
        monthly.element,
        monthly.month,
        [monthly.area_code] as areas,
        coalesce(monthly.value, monthly.value_ytd) as sent,
        0 as shown
    from monthly
    join calendar
        on calendar.month = monthly.month
    anti join base
        on base.area_code = monthly.area_code
        and base.month = monthly.month
        and base.element = monthly.element
    where coalesce(monthly.value, monthly.value_ytd) is not null
),

nesting as (
    select
        'nesting' as step,
        lowest.element,
        (select max(month) from calendar) as month,
        [lowest.area_code, inner_one.area_code] as areas,
        1 as sent,
        2 as shown
    from lowest
    join members
        on members.area_code = lowest.area_code
        and members.distance > 0
    join lowest as inner_one
        on inner_one.area_code = members.member_code
        and inner_one.element = lowest.element
),

tops as (
    select area_code
    from areas_of_today
    where parent_code is null
        or parent_code not in (select area_code from areas_of_today)
),

sent as (
    select
        base.element,
        base.month,
        sum(base.value) as value
    from base
    semi join lowest
        on lowest.area_code = base.area_code
        and lowest.element = base.element
    group by base.element, base.month
),

at_the_top as (
    select
        summed.element,
        summed.month,
        summed.area_code,
        summed.value
    from summed
    semi join tops
        using (area_code)

    union all

    select
        base.element,
        base.month,
        base.area_code,
        base.value
    from base
    semi join tops
        using (area_code)
    semi join lowest
        on lowest.area_code = base.area_code
        and lowest.element = base.element
),

unknown as (
    select
        at_the_top.element,
        at_the_top.month,
        sum(base.value) as value
    from at_the_top
    join members
        on members.area_code = at_the_top.area_code
    join lowest
        on lowest.area_code = members.member_code
        and lowest.element = at_the_top.element
    join base
        on base.area_code = lowest.area_code
        and base.element = at_the_top.element
        and base.month = at_the_top.month
    where at_the_top.value is null
    group by at_the_top.element, at_the_top.month
    having count(*) > count(base.value)
),

shown as (
    select
        element,
        month,
        sum(value) as value,
        list(area_code order by area_code) as areas
    from at_the_top
    group by element, month
),

adding as (
    select
        'adding' as step,
        sent.element,
        sent.month,
        coalesce(shown.areas, []) as areas,
        coalesce(sent.value, 0) as sent,
        coalesce(shown.value, 0) + coalesce(unknown.value, 0) as shown
    from sent
    left join shown
        on shown.element = sent.element
        and shown.month = sent.month
    left join unknown
        on unknown.element = sent.element
        and unknown.month = sent.month
    where coalesce(sent.value, 0) <> coalesce(shown.value, 0) + coalesce(unknown.value, 0)
),

-- what the tables say in the end, where the top does not report itself
publishing as (
    select
        'publishing' as step,
        at_the_top.element,
        at_the_top.month,
        [at_the_top.area_code] as areas,
        coalesce(at_the_top.value, 0) as sent,
        coalesce(counts.value, 0) as shown
    from at_the_top
    left join counts
        on counts.area_code = at_the_top.area_code
        and counts.month = at_the_top.month
        and counts.element = at_the_top.element
    left join base
        on base.area_code = at_the_top.area_code
        and base.month = at_the_top.month
        and base.element = at_the_top.element
    where base.value is null
        and at_the_top.value is not null
        and at_the_top.value is distinct from counts.value
)

select * from merging

union all

select * from beginning

union all

select * from nesting

union all

select * from adding

union all

select * from publishing;
