-- source_counts one row per source, area, month and element  (all four are the key)
-- from: figures, elements
-- A month's figure is the stated one; else the difference of two cumulative figures. A cumulative figure is the stated
-- one; else it follows from the nearest stated one by the months between, if all are known: forwards, else backwards.
-- Where the cumulative figure falls, the difference is unknown: null, not a guess.

create table source_counts as
with

-- where a source states an element month by month only, there is nothing to work out
cumulative as (
    select distinct
        source,
        element
    from figures
    where span <> 'month'
),

plain as (
    select figures.*
    from figures
    anti join cumulative
        using (source, element)
),

reported as (
    select
        figures.source,
        figures.area_code,
        figures.period as month,
        figures.element,
        any_value(elements.kind) as kind,
        max(figures.value) filter (figures.span = 'month') as of_month,
        max(figures.value) filter (figures.span = 'quarter') as of_quarter,
        max(figures.value) filter (figures.span = 'ytd') as of_ytd,
        max(figures.value) filter (figures.span = 'year') as of_year,
        bool_or(figures.is_corrected) as is_corrected
    from figures
    semi join cumulative
        using (source, element)
    join elements
        on elements.element = figures.element
    group by figures.source, figures.area_code, figures.period, figures.element
),

quarters as (
    select
        *,
        sum(of_quarter::double) over so_far as sum_of_quarters,
        count(of_quarter) over so_far = month(month) / 3 as are_all_known
    from reported
    where of_quarter is not null
    window so_far as (partition by source, area_code, element, year(month) order by month)
),

stated_flows as (
    select
        reported.source,
        reported.area_code,
        reported.month,
        reported.element,
        reported.of_month,
        coalesce(
            reported.of_ytd,
            case when month(reported.month) = 12 then reported.of_year end,
            case when quarters.are_all_known then quarters.sum_of_quarters end
        ) as stated_ytd,
        reported.is_corrected
    from reported
    left join quarters
        on quarters.source = reported.source
        and quarters.area_code = reported.area_code
        and quarters.element = reported.element
        and quarters.month = reported.month
    where reported.kind = 'flow'
),

-- the month before a figure has a cumulative one, too, where the year has any
before_them as (
    select
        source,
        area_code,
        (month - interval 1 month)::date as month,
        element
    from stated_flows
    where month(month) > 1
    qualify count(stated_ytd) over (partition by source, area_code, element, year(month)) > 0
),

months as (
    select * from stated_flows

    union all by name

    select before_them.*, false as is_corrected
    from before_them
    anti join stated_flows
        using (source, area_code, month, element)
),

-- months that follow one another with a figure each are a run; the first run of a year begins at nothing in January
linked as (
    select
        *,
        of_month is not null and coalesce(lag(month(month)) over of_year, 0) = month(month) - 1 as is_linked,
        sum(of_month::double) over of_year as so_far
    from months
    window of_year as (partition by source, area_code, element, year(month) order by month)
),

runs as (
    select
        *,
        coalesce(so_far, 0) as sum_so_far,
        stated_ytd - coalesce(so_far, 0) as offset_here,
        count(*) filter (not is_linked) over (partition by source, area_code, element, year(month) order by month) as run
    from linked
),

known as (
    select
        *,
        coalesce(
            stated_ytd,
            sum_so_far + coalesce(
                last_value(offset_here ignore nulls) over (in_run rows between unbounded preceding and current row),
                case when run = 0 then 0 end,
                first_value(offset_here ignore nulls) over (in_run rows between current row and unbounded following)
            )
        ) as value_ytd
    from runs
    window in_run as (partition by source, area_code, element, year(month), run order by month)
),

differenced as (
    select
        *,
        case
            when month(month) = 1 then value_ytd
            when lag(month) over of_year = month - interval 1 month then value_ytd - lag(value_ytd) over of_year
        end as difference
    from known
    window of_year as (partition by source, area_code, element, year(month) order by month)
),

final as (
    select
        source,
        area_code,
        month,
        element,
        coalesce(of_month, case when difference >= 0 then difference end)::bigint as value,
        case when value_ytd >= 0 then value_ytd end::bigint as value_ytd,
        case
            when is_corrected then 'corrected'
            when of_month is not null then 'reported'
            when difference >= 0 then 'differenced'
        end as status
    from differenced

    union all

    select
        source,
        area_code,
        month,
        element,
        coalesce(of_month, of_quarter, of_year, of_ytd) as value,
        null as value_ytd,
        case when is_corrected then 'corrected' else 'reported' end as status
    from reported
    where kind = 'stock'

    union all

    select
        source,
        area_code,
        period as month,
        element,
        value,
        null as value_ytd,
        case when is_corrected then 'corrected' else 'reported' end as status
    from plain
)

select * from final;
