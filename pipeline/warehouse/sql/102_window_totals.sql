-- One row per window, area and element of indicators.
-- key: window_number, area_code, element
-- columns: window_number, area_code, element, kind, closing, average, is_estimated, months_missing,
-- averages_missing, total, is_bridged
-- from: indicator_terms, counts, calendar, elements, stocks, time_windows, window_bridges
--
-- A flow is the sum of its months; where a month is missing but cumulative counts bridge it, the sum of these.
-- A stock has its stated figure at the end of the window, and its average over it, which may be interpolated.
-- What falls into a window is what has come up to its end, less what had come before it began.

create table window_totals as
with

of_indicators as (
    select distinct element
    from indicator_terms
),

running as (
    select
        counts.area_code,
        counts.month,
        counts.element,
        calendar.stretch,
        elements.kind,
        case when elements.kind = 'stock' then counts.value end as closing,
        sum(counts.value::double) over so_far as value_so_far,
        count(counts.value) over so_far as months_so_far,
        sum(stocks.average) over so_far as average_so_far,
        count(stocks.average) over so_far as averages_so_far,
        sum(stocks.is_estimated::integer) over so_far as estimated_so_far
    from counts
    join calendar
        on calendar.month = counts.month
    join of_indicators
        on of_indicators.element = counts.element
    join elements
        on elements.element = counts.element
    left join stocks
        on stocks.area_code = counts.area_code
        and stocks.month = counts.month
        and stocks.element = counts.element
    window so_far as (
        partition by counts.area_code, counts.element, calendar.stretch
        order by counts.month
        rows unbounded preceding
    )
),

windows as (
    select
        *,
        previous_month(first_month) as month_before
    from time_windows
),

within as (
    select
        windows.window_number,
        windows.months,
        ending.area_code,
        ending.element,
        ending.kind,
        ending.closing,
        ending.value_so_far - coalesce(before.value_so_far, 0) as sum_of_months,
        ending.months_so_far - coalesce(before.months_so_far, 0) as months_known,
        ending.average_so_far - coalesce(before.average_so_far, 0) as sum_of_averages,
        ending.averages_so_far - coalesce(before.averages_so_far, 0) as averages_known,
        ending.estimated_so_far - coalesce(before.estimated_so_far, 0) as months_estimated
    from windows
    join running as ending
        on ending.month = windows.month
    left join running as before
        on before.month = windows.month_before
        and before.area_code = ending.area_code
        and before.element = ending.element
        and before.stretch = ending.stretch
),

bridged as (
    select
        within.window_number,
        within.area_code,
        within.element,
        sum(window_bridges.sign * counts.value_ytd) as total
    from within
    join window_bridges
        on window_bridges.window_number = within.window_number
    left join counts
        on counts.area_code = within.area_code
        and counts.element = within.element
        and counts.month = window_bridges.month
    where within.kind = 'flow'
        and within.months_known < within.months
    group by all
    having count(*) = count(counts.value_ytd)
)

select
    within.window_number,
    within.area_code,
    within.element,
    within.kind,
    within.closing,
    case when within.averages_known = within.months then within.sum_of_averages / within.months end as average,
    within.months_estimated > 0 as is_estimated,
    within.months - within.months_known as months_missing,
    within.months - within.averages_known as averages_missing,
    case
        when within.kind = 'flow' and within.months_known = within.months then within.sum_of_months
        else bridged.total
    end as total,
    bridged.total is not null as is_bridged
from within
left join bridged
    on bridged.window_number = within.window_number
    and bridged.area_code = within.area_code
    and bridged.element = within.element;
