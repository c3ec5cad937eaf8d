-- One row per figure that was sent and is neither shown at the top nor named as missing; there is none, or the build stops.
-- columns: step, element, month, areas, sent, shown
-- from: area_resolved, figures, source_counts, series, reported_counts, summation_units, summed_counts, members,
-- areas_of_today, counts, calendar
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
    from area_resolved
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
    from area_resolved
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
        source_counts.element,
        source_counts.month,
        [source_counts.area_code] as areas,
        coalesce(source_counts.value, source_counts.value_ytd) as sent,
        0 as shown
    from source_counts
    join calendar
        on calendar.month = source_counts.month
    anti join reported_counts
        on reported_counts.area_code = source_counts.area_code
        and reported_counts.month = source_counts.month
        and reported_counts.element = source_counts.element
    where coalesce(source_counts.value, source_counts.value_ytd) is not null
),

nesting as (
    select
        'nesting' as step,
        summation_units.element,
        (select max(month) from calendar) as month,
        [summation_units.area_code, inner_one.area_code] as areas,
        1 as sent,
        2 as shown
    from summation_units
    join members
        on members.area_code = summation_units.area_code
        and members.distance > 0
    join summation_units as inner_one
        on inner_one.area_code = members.member_code
        and inner_one.element = summation_units.element
),

tops as (
    select area_code
    from areas_of_today
    where parent_code is null
        or parent_code not in (select area_code from areas_of_today)
),

sent as (
    select
        reported_counts.element,
        reported_counts.month,
        sum(reported_counts.value) as value
    from reported_counts
    semi join summation_units
        on summation_units.area_code = reported_counts.area_code
        and summation_units.element = reported_counts.element
    group by reported_counts.element, reported_counts.month
),

at_the_top as (
    select
        summed_counts.element,
        summed_counts.month,
        summed_counts.area_code,
        summed_counts.value
    from summed_counts
    semi join tops
        using (area_code)

    union all

    select
        reported_counts.element,
        reported_counts.month,
        reported_counts.area_code,
        reported_counts.value
    from reported_counts
    semi join tops
        using (area_code)
    semi join summation_units
        on summation_units.area_code = reported_counts.area_code
        and summation_units.element = reported_counts.element
),

unknown as (
    select
        at_the_top.element,
        at_the_top.month,
        sum(reported_counts.value) as value
    from at_the_top
    join members
        on members.area_code = at_the_top.area_code
    join summation_units
        on summation_units.area_code = members.member_code
        and summation_units.element = at_the_top.element
    join reported_counts
        on reported_counts.area_code = summation_units.area_code
        and reported_counts.element = at_the_top.element
        and reported_counts.month = at_the_top.month
    where at_the_top.value is null
    group by at_the_top.element, at_the_top.month
    having count(*) > count(reported_counts.value)
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
    left join reported_counts
        on reported_counts.area_code = at_the_top.area_code
        and reported_counts.month = at_the_top.month
        and reported_counts.element = at_the_top.element
    where reported_counts.value is null
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
