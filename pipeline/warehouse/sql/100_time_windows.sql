-- One row per window and its last month.
-- key: time_window, month
-- from: calendar

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
        days_of_year(month) as days_of_year
    from measured
)

select * from final;
