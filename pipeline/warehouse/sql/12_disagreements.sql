-- disagreements  one row per area of today, last month, window, element and source other than the preferred
--                                                      key: area_code, month, time_window, element, source
-- from: source_counts, elements, source_ranks, summation_units, members, areas_of_today, calendar, time_windows
-- Compared are the months that both sources state for an area; above the areas that report, their sums.
-- Flows are compared over windows, stocks in their month.

create table disagreements as
with

pairs as (
    select
        preferred.element,
        preferred.source as preferred_source,
        other.source
    from source_ranks as preferred
    join source_ranks as other
        on other.element = preferred.element
        and other.rank > 1
    where preferred.rank = 1
),

stated_by_both as (
    select
        preferred.area_code,
        preferred.month,
        pairs.element,
        pairs.source,
        preferred.value as value_preferred,
        other.value
    from pairs
    join source_counts as preferred
        on preferred.element = pairs.element
        and preferred.source = pairs.preferred_source
    join source_counts as other
        on other.element = pairs.element
        and other.source = pairs.source
        and other.area_code = preferred.area_code
        and other.month = preferred.month
    where preferred.value is not null
        and other.value is not null
),

summed as (
    select
        members.area_code,
        stated_by_both.month,
        stated_by_both.element,
        stated_by_both.source,
        sum(stated_by_both.value_preferred) as value_preferred,
        sum(stated_by_both.value) as value
    from stated_by_both
    join summation_units
        on summation_units.area_code = stated_by_both.area_code
        and summation_units.element = stated_by_both.element
    join members
        on members.member_code = stated_by_both.area_code
        and members.distance > 0
    group by all
),

own_or_summed as (
    select * from stated_by_both

    union all

    select summed.*
    from summed
    anti join stated_by_both
        using (area_code, month, element, source)
),

compared as (
    select
        area_code,
        element,
        source,
        min(month) as first_month
    from own_or_summed
    group by area_code, element, source
),

every_month as (
    select
        compared.area_code,
        calendar.month,
        calendar.stretch,
        compared.element,
        compared.source,
        elements.kind,
        own_or_summed.value_preferred,
        own_or_summed.value
    from compared
    join elements
        on elements.element = compared.element
    join calendar
        on calendar.month >= compared.first_month
    left join own_or_summed
        on own_or_summed.area_code = compared.area_code
        and own_or_summed.element = compared.element
        and own_or_summed.source = compared.source
        and own_or_summed.month = calendar.month
),

running as (
    select
        *,
        row_number() over (order by area_code, element, source, month) as place,
        row_number() over so_far as months_so_far,
        count(value) over so_far as known_so_far,
        sum(value_preferred) over so_far as preferred_so_far,
        sum(value) over so_far as value_so_far
    from every_month
    window so_far as (partition by area_code, element, source, stretch order by month rows unbounded preceding)
),

bounded as (
    select
        ending.area_code,
        ending.month,
        time_windows.time_window,
        ending.element,
        ending.source,
        ending.known_so_far - coalesce(opening.known_so_far, 0) as months,
        ending.preferred_so_far - coalesce(opening.preferred_so_far, 0) as value_preferred,
        ending.value_so_far - coalesce(opening.value_so_far, 0) as value
    from running as ending
    join time_windows
        on time_windows.month = ending.month
        and (ending.kind = 'flow' or time_windows.time_window = 'month')
    left join running as opening
        on opening.place = ending.place - time_windows.months
        and opening.months_so_far = ending.months_so_far - time_windows.months
        and opening.stretch = ending.stretch
)

select
    bounded.area_code,
    bounded.month,
    bounded.time_window,
    bounded.element,
    bounded.source,
    pairs.preferred_source,
    bounded.months,
    bounded.value_preferred::bigint as value_preferred,
    bounded.value::bigint as value
from bounded
join pairs
    on pairs.element = bounded.element
    and pairs.source = bounded.source
join areas_of_today
    on areas_of_today.area_code = bounded.area_code
where bounded.months > 0;
