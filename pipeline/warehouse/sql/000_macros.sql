-- Macros that several tables need: months, due dates, and when two counts differ.

create macro next_month(month) as (month + interval 1 month)::date;

create macro previous_month(month) as (month - interval 1 month)::date;

create macro days_of_year(month) as dayofyear(make_date(year(month), 12, 31));

-- the 31st of a short month is its last day
create macro day_due(month, months_after, day) as
    least(
        last_day(month + to_months(months_after::integer)),
        (month + to_months(months_after::integer) + to_days(day::integer - 1))::date
    );

-- two counts of the same thing: by more per cent of the first than may be, and by more than chance would bring about
create macro differ_beyond_chance(count, other, may_differ_by_pct) as
    abs(other - count) > may_differ_by_pct / 100 * count
    and abs(other - count) > (select noise from thresholds) * sqrt(greatest(count, other));
