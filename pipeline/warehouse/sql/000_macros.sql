-- Macros that several tables need: months and days, when two counts differ, and the weight of a row.

create or replace macro next_month(month) as (month + interval 1 month)::date;

create or replace macro previous_month(month) as (month - interval 1 month)::date;

create or replace macro days_of_year(month) as dayofyear(make_date(year(month), 12, 31));

-- the 31st of a short month is its last day
create or replace macro day_due(month, months_after, day) as
    least(
        last_day(month + to_months(months_after::integer)),
        (month + to_months(months_after::integer) + to_days(day::integer - 1))::date
    );

-- two counts of the same thing: by more per cent of the first than may be, and by more than chance would bring about
create or replace macro differ_beyond_chance(count, other, may_differ_by_pct) as
    abs(other - count) > may_differ_by_pct / 100 * count
    and abs(other - count) > (select noise from thresholds) * sqrt(greatest(count, other));

-- a number of its own for each row of a sheet: sums of a file's rows that agree with these weights, too, agree row by row
create or replace macro weight_of_row(sheet, "row") as hash("row", sheet) % 1000003;
