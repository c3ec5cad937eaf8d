-- One row per area of today, last month, window, element and source other than the preferred.
-- key: area_code, month, time_window, element, source
-- from: source_counts, elements, source_ranks, summation_units, members, areas_of_today, time_windows
--
-- Compared are the months of the window that both sources state for an area; above the areas that report, their sums.
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
        pairs.preferred_source,
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

sums as (
    select
        members.area_code,
        stated_by_both.month,
        stated_by_both.element,
        stated_by_both.preferred_source,
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

    select sums.*
    from sums
    anti join stated_by_both
        using (area_code, month, element, source)
),

months_of_windows as (
    select
        month as last_month,
        time_window,
        unnest(generate_series(first_month, month, interval 1 month))::date as month
    from time_windows
)

select
    own_or_summed.area_code,
    months_of_windows.last_month as month,
    months_of_windows.time_window,
    own_or_summed.element,
    own_or_summed.source,
    own_or_summed.preferred_source,
    count(*) as months,
    sum(own_or_summed.value_preferred)::bigint as value_preferred,
    sum(own_or_summed.value)::bigint as value
from own_or_summed
join elements
    on elements.element = own_or_summed.element
join months_of_windows
    on months_of_windows.month = own_or_summed.month
    and (elements.kind = 'flow' or months_of_windows.time_window = 'month')
semi join areas_of_today
    on areas_of_today.area_code = own_or_summed.area_code
group by all;
