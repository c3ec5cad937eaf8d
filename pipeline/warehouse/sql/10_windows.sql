-- time_windows    one row per window and its last month              key: time_window, month; window_number
-- window_totals one row per window, area and element of indicators  key: window_number, area_code, element
-- from: calendar, counts, stocks, elements, indicator_terms
-- A flow is the sum of its months; where a month is missing but cumulative figures bridge it, their difference.
-- A stock has its stated figure at the end of the window, and its average over it, which may be interpolated.
-- Every area and element has every month of a stretch: what stood k months before is found k places further up.

create table time_windows as
with

named as (
    select
        unnest(['month', 'quarter', 'half_year', 'ytd', 'rolling_12', 'year']) as time_window,
        calendar.month
    from calendar
),

measured as (
    select
        time_window,
        month,
        case time_window
            when 'month' then 1
            when 'quarter' then 3
            when 'half_year' then 6
            when 'ytd' then month(month)
            else 12
        end as months
    from named
    where case time_window
        when 'quarter' then month(month) % 3 = 0
        when 'half_year' then month(month) % 6 = 0
        when 'year' then month(month) = 12
        else true
    end
),

final as (
    select
        row_number() over (order by time_window, month) as window_number,
        time_window,
        month,
        months,
        (month - to_months(months::integer - 1))::date as first_month,
        datediff('day', month - to_months(months::integer - 1), last_day(month)) + 1 as days,
        dayofyear(make_date(year(month), 12, 31)) as days_of_year
    from measured
)

select * from final;

create table window_totals as
with

of_indicators as (
    select distinct element
    from indicator_terms
),

running as (
    select
        row_number() over (order by counts.area_code, counts.element, counts.month) as place,
        counts.area_code,
        counts.month,
        counts.element,
        calendar.stretch,
        elements.kind,
        counts.value_ytd,
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

bounded as (
    select
        time_windows.window_number,
        time_windows.time_window,
        time_windows.month,
        time_windows.first_month,
        time_windows.months,
        ending.area_code,
        ending.element,
        ending.kind,
        ending.closing,
        ending.value_so_far - coalesce(opening.value_so_far, 0) as sum_of_months,
        ending.months_so_far - coalesce(opening.months_so_far, 0) as months_known,
        ending.average_so_far - coalesce(opening.average_so_far, 0) as sum_of_averages,
        ending.averages_so_far - coalesce(opening.averages_so_far, 0) as averages_known,
        ending.estimated_so_far - coalesce(opening.estimated_so_far, 0) as months_estimated,
        ending.value_ytd as ytd_at_end,
        opening.value_ytd as ytd_before,
        december.value_ytd as ytd_of_last_year
    from time_windows
    join running as ending
        on ending.month = time_windows.month
    left join running as opening
        on opening.place = ending.place - time_windows.months
        and opening.month < ending.month
        and opening.stretch = ending.stretch
    left join running as december
        on december.place = ending.place - month(time_windows.month)
        and december.month < ending.month
        and december.stretch = ending.stretch
),

final as (
    select
        window_number,
        area_code,
        element,
        kind,
        closing,
        case when averages_known = months then sum_of_averages / months end as average,
        months_estimated > 0 as is_estimated,
        months - months_known as months_missing,
        months - averages_known as averages_missing,
        case
            when kind <> 'flow' then null
            when months_known = months then sum_of_months
            when time_window = 'month' then null
            when month(first_month) = 1 and year(first_month) = year(month) then ytd_at_end
            when year(first_month) = year(month) then ytd_at_end - ytd_before
            when time_window = 'rolling_12' then ytd_at_end + ytd_of_last_year - ytd_before
        end as total
    from bounded
)

select * from final;
