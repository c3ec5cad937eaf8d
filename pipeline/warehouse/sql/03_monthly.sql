-- monthly  one row per source, area, month and element  (all four are the key)
-- from: figures
-- A month's figure is the reported one; else the difference of two cumulative figures (the figure itself in January).
-- Where the month before is missing, or the cumulative figure falls, the difference is unknown: null, not a guess.

create table monthly as
with

reported as (
    select
        source,
        area_code,
        period as month,
        element,
        max(value) filter (span = 'month') as value,
        max(value) filter (span = 'ytd') as reported_ytd,
        bool_or(is_corrected) as is_corrected
    from figures
    where span in ('month', 'ytd')
    group by all
),

stepped as (
    select
        *,
        lag(reported_ytd) over by_month as previous_ytd,
        lag(month) over by_month as previous_month
    from reported
    window by_month as (partition by source, area_code, element order by month)
),

differenced as (
    select
        *,
        case
            when month(month) = 1 then reported_ytd
            when previous_month = month - interval 1 month then reported_ytd - previous_ytd
        end as difference
    from stepped
),

final as (
    select
        source,
        area_code,
        month,
        element,
        coalesce(value, case when difference >= 0 then difference end) as value,
        reported_ytd,
        case
            when is_corrected then 'corrected'
            when value is not null then 'reported'
            when difference >= 0 then 'differenced'
        end as status
    from differenced
)

select * from final;
