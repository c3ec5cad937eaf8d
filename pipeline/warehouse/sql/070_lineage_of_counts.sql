-- One row per figure that a source's count is made of, with the sign it counts with.
-- key: source, area_code, month, element, total, period, span
-- from: figures, elements
--
-- `total` says which count: that of the `month` (a stock: at its end), or that of January to the month, `ytd`.
-- A month is the stated figure; else the difference of two cumulative ones. A cumulative figure is the stated one; else
-- it follows from the nearest stated one and the months between, if all are known: forwards, else backwards.

create table lineage_of_counts as
with

stock_figures as (
    select figures.*
    from figures
    semi join (from elements where kind = 'stock') as elements
        using (element)
    qualify row_number() over (
        partition by source, area_code, period, element
        order by list_position(['month', 'quarter', 'year', 'ytd'], span)
    ) = 1
),

flow_figures as (
    select figures.*
    from figures
    semi join (from elements where kind = 'flow') as elements
        using (element)
),

stated_months as (
    select * from flow_figures where span = 'month'
),

-- where a source states an element month by month only, there is nothing to work out
cumulative_flows as (
    select *
    from flow_figures
    semi join (from flow_figures where span <> 'month') as cumulative
        using (source, element)
),

quarters as (
    select
        *,
        count(*) over so_far = month(period) / 3 as are_all_known
    from cumulative_flows
    where span = 'quarter'
    window so_far as (partition by source, area_code, element, year(period) order by period)
),

-- the figures that state January to a month: a cumulative one, that of the year, or all quarters
stated_ytd as (
    select source, area_code, element, period as month, period, span
    from cumulative_flows
    where span = 'ytd' or (span = 'year' and month(period) = 12)
    qualify row_number() over (partition by source, area_code, element, period order by span = 'year') = 1

    union all

    select upto.source, upto.area_code, upto.element, upto.period as month, quarters.period, quarters.span
    from quarters as upto
    join quarters
        on quarters.source = upto.source
        and quarters.area_code = upto.area_code
        and quarters.element = upto.element
        and year(quarters.period) = year(upto.period)
        and quarters.period <= upto.period
    anti join cumulative_flows as stated
        on stated.source = upto.source
        and stated.area_code = upto.area_code
        and stated.element = upto.element
        and stated.period = upto.period
        and (stated.span = 'ytd' or (stated.span = 'year' and month(stated.period) = 12))
    where upto.are_all_known
),

-- the months with any figure, and those before them, from which they may differ
months as (
    select source, area_code, element, period as month
    from cumulative_flows

    union

    select source, area_code, element, previous_month(period) as month
    from cumulative_flows
    where month(period) > 1
),

-- months that follow one another with a figure each are a run; the first run of a year begins at nothing in January
linked as (
    select
        months.*,
        stated_months.period is not null
            and coalesce(lag(month(months.month)) over of_year, 0) = month(months.month) - 1 as is_linked,
        stated_ytd.month as stated_month
    from months
    left join stated_months
        on stated_months.source = months.source
        and stated_months.area_code = months.area_code
        and stated_months.element = months.element
        and stated_months.period = months.month
    left join (select distinct source, area_code, element, month from stated_ytd) as stated_ytd
        on stated_ytd.source = months.source
        and stated_ytd.area_code = months.area_code
        and stated_ytd.element = months.element
        and stated_ytd.month = months.month
    window of_year as (partition by months.source, months.area_code, months.element, year(months.month) order by months.month)
),

runs as (
    select
        *,
        count(*) filter (not is_linked) over (partition by source, area_code, element, year(month) order by month) as run
    from linked
),

-- the month of the stated cumulative figure from which that of a month follows; that of the December before is nothing
anchored as (
    select
        source,
        area_code,
        element,
        month,
        coalesce(
            last_value(stated_month ignore nulls) over (in_run rows between unbounded preceding and current row),
            case when run = 0 then make_date(year(month) - 1, 12, 1) end,
            first_value(stated_month ignore nulls) over (in_run rows between current row and unbounded following)
        ) as anchor
    from runs
    window in_run as (partition by source, area_code, element, year(month), run order by month)
),

ytd_terms as (
    select anchored.*, stated_ytd.period, stated_ytd.span, 1 as sign
    from anchored
    join stated_ytd
        on stated_ytd.source = anchored.source
        and stated_ytd.area_code = anchored.area_code
        and stated_ytd.element = anchored.element
        and stated_ytd.month = anchored.anchor

    union all

    select anchored.*, between_them.period, between_them.span, if(between_them.period > anchored.month, -1, 1) as sign
    from anchored
    join stated_months as between_them
        on between_them.source = anchored.source
        and between_them.area_code = anchored.area_code
        and between_them.element = anchored.element
        and between_them.period > least(anchored.month, anchored.anchor)
        and between_them.period <= greatest(anchored.month, anchored.anchor)
    where anchored.anchor <> anchored.month
),

-- the months that no figure states, where the cumulative figures around them are known
unstated as (
    select anchored.*
    from anchored
    anti join stated_months
        on stated_months.source = anchored.source
        and stated_months.area_code = anchored.area_code
        and stated_months.element = anchored.element
        and stated_months.period = anchored.month
    semi join (
        select source, area_code, element, next_month(month) as month from anchored where anchor is not null
        union all
        select source, area_code, element, month from anchored where month(month) = 1
    ) as opened
        using (source, area_code, element, month)
    where anchored.anchor is not null
),

difference_terms as (
    select unstated.source, unstated.area_code, unstated.element, unstated.month, terms.period, terms.span, sum(terms.sign) as sign
    from unstated
    join (
        select source, area_code, element, month, period, span, sign from ytd_terms
        union all
        select source, area_code, element, next_month(month) as month, period, span, -sign as sign
        from ytd_terms
        where month(month) < 12
    ) as terms
        using (source, area_code, element, month)
    group by all
    having sum(terms.sign) <> 0
)

select source, area_code, period as month, element, 'month' as total, period, span, 1 as sign, 'stated' as rule
from stock_figures

union all

select source, area_code, period as month, element, 'month' as total, period, span, 1 as sign, 'stated' as rule
from stated_months

union all

select source, area_code, month, element, 'month' as total, period, span, sign, 'differenced' as rule
from difference_terms

union all

select
    source,
    area_code,
    month,
    element,
    'ytd' as total,
    period,
    span,
    sign,
    case when anchor = month then 'stated' else 'filled' end as rule
from ytd_terms;
