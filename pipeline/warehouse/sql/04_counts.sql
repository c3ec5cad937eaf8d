-- calendar  every month from the first figure to the edition  key: month
-- base      figures of the areas that report an element themselves, every month since they began
-- counts    one row per area of today, month and element      key: area_code, month, element
-- from: monthly, elements, element_sources, element_parts, areas_of_today, lineage, edition
-- Of several sources, the first by precedence that has the month's figure. A sum with a part missing is missing.

create table calendar as
select unnest(generate_series(
    (select min(month) from monthly),
    (select month from edition),
    interval 1 month
))::date as month;

create table base as
with

ranked as (
    select
        monthly.*,
        coalesce(element_sources.precedence, 1000) as precedence
    from monthly
    left join element_sources
        on element_sources.element = monthly.element
        and element_sources.source = monthly.source
),

chosen as (
    select
        area_code,
        month,
        element,
        first(value order by precedence, source) filter (value is not null) as value,
        first(status order by precedence, source) filter (value is not null) as status,
        first(source order by precedence, source) filter (value is not null) as source,
        first(reported_ytd order by precedence, source) filter (reported_ytd is not null) as reported_ytd
    from ranked
    group by all
),

began as (
    select
        area_code,
        element,
        min(month) as first_month
    from chosen
    group by all
),

every_month as (
    select
        began.area_code,
        calendar.month,
        began.element,
        chosen.value,
        coalesce(chosen.status, 'missing') as status,
        chosen.source,
        chosen.reported_ytd
    from began
    join areas_of_today
        on areas_of_today.area_code = began.area_code
    join calendar
        on calendar.month >= began.first_month
    left join chosen
        on chosen.area_code = began.area_code
        and chosen.element = began.element
        and chosen.month = calendar.month
),

final as (
    select
        every_month.* exclude (reported_ytd),
        case
            when elements.kind = 'flow' then coalesce(
                case when count(value) over of_year = month(month) then sum(value) over of_year end,
                reported_ytd
            )
        end as value_ytd
    from every_month
    join elements
        on elements.element = every_month.element
    window of_year as (
        partition by every_month.area_code, every_month.element, year(month)
        order by month
        rows unbounded preceding
    )
)

select * from final;

create table counts as
with

-- the lowest areas that report an element: what lies above them is their sum
lowest as (
    select
        reporters.area_code,
        reporters.element
    from (select distinct area_code, element from base) as reporters
    where not exists (
        select 1
        from lineage
        join (select distinct area_code, element from base) as below
            on below.area_code = lineage.member_code
            and below.element = reporters.element
        where lineage.area_code = reporters.area_code
            and lineage.distance > 0
    )
),

summed as (
    select
        lineage.area_code,
        base.month,
        base.element,
        case when count(base.value) = count(*) then sum(base.value) end as value,
        case when count(base.value_ytd) = count(*) then sum(base.value_ytd) end as value_ytd
    from base
    join lowest
        on lowest.area_code = base.area_code
        and lowest.element = base.element
    join lineage
        on lineage.member_code = base.area_code
    where lineage.distance > 0
    group by all
),

own_or_summed as (
    select
        coalesce(base.area_code, summed.area_code) as area_code,
        coalesce(base.month, summed.month) as month,
        coalesce(base.element, summed.element) as element,
        coalesce(base.value, summed.value) as value,
        coalesce(base.value_ytd, summed.value_ytd) as value_ytd,
        case
            when base.value is not null then base.status
            when summed.value is not null then 'summed'
            else 'missing'
        end as status,
        base.source
    from base
    full join summed
        on summed.area_code = base.area_code
        and summed.month = base.month
        and summed.element = base.element
),

added as (
    select
        own_or_summed.area_code,
        own_or_summed.month,
        element_parts.element,
        case when count(value) = parts.number then sum(value) end as value,
        case when count(value_ytd) = parts.number then sum(value_ytd) end as value_ytd
    from own_or_summed
    join element_parts
        on element_parts.part = own_or_summed.element
    join (select element, count(*) as number from element_parts group by element) as parts
        on parts.element = element_parts.element
    group by own_or_summed.area_code, own_or_summed.month, element_parts.element, parts.number
),

known as (
    select area_code, month, element, value, value_ytd, status, source
    from own_or_summed

    union all by name

    select
        area_code,
        month,
        element,
        value,
        value_ytd,
        case when value is null then 'missing' else 'summed' end as status
    from added
    where not exists (
        select 1
        from own_or_summed as stated
        where stated.area_code = added.area_code
            and stated.month = added.month
            and stated.element = added.element
            and stated.value is not null
    )
),

final as (
    select
        areas_of_today.area_code,
        calendar.month,
        elements.element,
        known.value::bigint as value,
        known.value_ytd::bigint as value_ytd,
        coalesce(known.status, 'missing') as status,
        known.source
    from areas_of_today
    cross join calendar
    cross join elements
    left join known
        on known.area_code = areas_of_today.area_code
        and known.month = calendar.month
        and known.element = elements.element
    where elements.kind <> 'printed'
)

select * from final;
