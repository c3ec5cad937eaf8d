-- calendar  the months from the first figure to the edition that lie within a year of one with a figure   key: month
-- source_ranks  the sources that state an element, by precedence   key: element, source
-- reported_counts figures of the areas that report an element themselves, every month since they began
-- summation_units of these, the ones above which everything is their sum   key: area_code, element
-- summed_counts for every area, the sum of the lowest below it   key: area_code, month, element
-- counts    one row per area of today, month and element   key: area_code, month, element
-- from: source_counts, elements, element_sources, element_parts, areas_of_today, series, members, validities, edition
-- Of several sources, the first by precedence that has the month's figure. A sum with a part missing is missing.
-- An area that was split is a part up to its end, and what came out of it from then on.
-- Where nothing at all was reported for more than two years, the calendar leaves out the months in the middle, of which
-- nothing could be said: one year in a figure that is mistyped does not lay out a century. `stretch` counts the parts.

create table calendar as
with

reported as (
    select distinct month
    from source_counts
    where coalesce(value, value_ytd) is not null
),

near as (
    select distinct unnest(generate_series(month - interval 1 year, month + interval 1 year, interval 1 month))::date as month
    from reported
)

select
    month,
    sum(case when datediff('month', previous, month) > 1 then 1 else 0 end) over (order by month)::bigint as stretch
from (select month, lag(month) over (order by month) as previous from near)
where month between (select min(month) from reported) and (select month from edition);

create table source_ranks as
select
    stating.source,
    stating.element,
    row_number() over (
        partition by stating.element
        order by coalesce(element_sources.precedence, 1000), stating.source
    ) as rank
from (select distinct source, element from figures) as stating
left join element_sources
    on element_sources.element = stating.element
    and element_sources.source = stating.source;

create table reported_counts as
with

-- where no other source states the element, there is nothing to choose
chosen as (
    select
        source_counts.area_code,
        source_counts.month,
        source_counts.element,
        source_counts.value,
        case when source_counts.value is not null then source_counts.status end as status,
        case when source_counts.value is not null then 1 end as rank,
        source_counts.value_ytd as stated_ytd,
        case when source_counts.value_ytd is not null then 1 end as rank_of_ytd
    from source_counts
    where source_counts.element not in (select element from source_ranks where rank > 1)

    union all

    select
        source_counts.area_code,
        source_counts.month,
        source_counts.element,
        arg_min(source_counts.value, source_ranks.rank) as value,
        arg_min(source_counts.status, source_ranks.rank) filter (source_counts.value is not null) as status,
        min(source_ranks.rank) filter (source_counts.value is not null) as rank,
        arg_min(source_counts.value_ytd, source_ranks.rank) as stated_ytd,
        min(source_ranks.rank) filter (source_counts.value_ytd is not null) as rank_of_ytd
    from source_counts
    join source_ranks
        on source_ranks.source = source_counts.source
        and source_ranks.element = source_counts.element
    where source_counts.element in (select element from source_ranks where rank > 1)
    group by source_counts.area_code, source_counts.month, source_counts.element
),

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
    from chosen
    where coalesce(value, stated_ytd) is not null
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

reporters as (
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
),

due as (
    select
        area_code,
        element,
        min(first_month) as first_month,
        min(last_month) as last_month
    from reporters
    group by area_code, element
),

every_month as (
    select
        due.area_code,
        calendar.month,
        due.element,
        elements.kind,
        chosen.value,
        coalesce(chosen.status, 'missing') as status,
        chosen.rank,
        chosen.rank_of_ytd,
        chosen.stated_ytd
    from due
    join elements
        on elements.element = due.element
    join calendar
        on calendar.month between due.first_month and due.last_month
    left join chosen
        on chosen.area_code = due.area_code
        and chosen.element = due.element
        and chosen.month = calendar.month
    where due.area_code in (select member_code from members)
),

added_up as (
    select
        *,
        count(value) over of_year = month(month) as are_all_known,
        sum(value::double) over of_year as sum_of_year,
        min(rank) over of_year = max(rank) over of_year and max(rank) over of_year = rank_of_ytd as is_of_one_source
    from every_month
    window of_year as (partition by area_code, element, year(month) order by month)
),

final as (
    select
        added_up.area_code,
        added_up.month,
        added_up.element,
        added_up.value,
        case
            when added_up.kind <> 'flow' then null
            when added_up.is_of_one_source then added_up.stated_ytd
            when added_up.are_all_known then added_up.sum_of_year
            else added_up.stated_ytd
        end::bigint as value_ytd,
        added_up.status,
        source_ranks.source
    from added_up
    left join source_ranks
        on source_ranks.element = added_up.element
        and source_ranks.rank = added_up.rank
)

select * from final;

create table summation_units as
with recursive

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

reporters as (
    select
        reported_counts.area_code,
        reported_counts.element,
        reported_counts.area_code not in (select area_code from areas_of_today) as is_former
    from reported_counts
    group by reported_counts.area_code, reported_counts.element
),

of_today as (
    select reporters.*
    from reporters
    where not is_former
        and not exists (
            select 1
            from area_descendants
            join reporters as below
                on below.area_code = area_descendants.member_code
                and below.element = reporters.element
            where area_descendants.area_code = reporters.area_code
                and area_descendants.distance > 0
        )
),

former as (
    select reporters.*
    from reporters
    where is_former
        and not exists (
            select 1
            from once_below
            join reporters as below
                on below.area_code = once_below.member_code
                and below.element = reporters.element
            where once_below.area_code = reporters.area_code
        )
        and not exists (
            select 1
            from members
            join of_today
                on of_today.area_code = members.area_code
                and of_today.element = reporters.element
            where members.member_code = reporters.area_code
        )
)

select area_code, element from of_today

union all

select area_code, element from former;

create table summed_counts as
select
    members.area_code,
    reported_counts.month,
    reported_counts.element,
    case when count(reported_counts.value) = count(*) then sum(reported_counts.value)::bigint end as value,
    case when count(reported_counts.value_ytd) = count(*) then sum(reported_counts.value_ytd)::bigint end as value_ytd,
    min(reported_counts.source) as first_source,
    max(reported_counts.source) as last_source,
    count(*) as areas
from reported_counts
join summation_units
    on summation_units.area_code = reported_counts.area_code
    and summation_units.element = reported_counts.element
join members
    on members.member_code = reported_counts.area_code
where members.distance > 0
group by members.area_code, reported_counts.month, reported_counts.element;

create table counts as
with

own_or_summed as (
    select
        coalesce(reported_counts.area_code, summed_counts.area_code) as area_code,
        coalesce(reported_counts.month, summed_counts.month) as month,
        coalesce(reported_counts.element, summed_counts.element) as element,
        coalesce(reported_counts.value, summed_counts.value) as value,
        coalesce(reported_counts.value_ytd, summed_counts.value_ytd) as value_ytd,
        case
            when reported_counts.value is not null then reported_counts.status
            when summed_counts.value is not null then 'summed'
            else 'missing'
        end as status,
        reported_counts.source
    from reported_counts
    full join summed_counts
        on summed_counts.area_code = reported_counts.area_code
        and summed_counts.month = reported_counts.month
        and summed_counts.element = reported_counts.element
),

parts as (
    select
        element,
        part,
        count(*) over (partition by element) as number
    from element_parts
),

added as (
    select
        own_or_summed.area_code,
        own_or_summed.month,
        parts.element,
        case when count(own_or_summed.value) = any_value(parts.number) then sum(own_or_summed.value) end as value,
        case when count(own_or_summed.value_ytd) = any_value(parts.number) then sum(own_or_summed.value_ytd) end as value_ytd
    from own_or_summed
    join parts
        on parts.part = own_or_summed.element
    group by own_or_summed.area_code, own_or_summed.month, parts.element
)

select
    areas_of_today.area_code,
    calendar.month,
    elements.element,
    coalesce(own_or_summed.value, added.value)::bigint as value,
    coalesce(own_or_summed.value_ytd, added.value_ytd)::bigint as value_ytd,
    case
        when own_or_summed.value is not null then own_or_summed.status
        when added.value is not null then 'summed'
        else 'missing'
    end as status,
    own_or_summed.source
from areas_of_today
cross join calendar
cross join elements
left join own_or_summed
    on own_or_summed.area_code = areas_of_today.area_code
    and own_or_summed.month = calendar.month
    and own_or_summed.element = elements.element
left join added
    on added.area_code = areas_of_today.area_code
    and added.month = calendar.month
    and added.element = elements.element
where elements.kind in ('flow', 'stock');
