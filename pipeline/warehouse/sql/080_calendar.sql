-- One row per month from the first figure to the edition that lies within a year of one with a figure.
-- key: month
-- columns: month, stretch
-- from: source_counts, edition
--
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
