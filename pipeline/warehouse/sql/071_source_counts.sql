-- One row per source, area, month and element: the sums of the figures that the counts are made of.
-- key: source, area_code, month, element
-- from: figures, lineage_of_counts, source_ranks
--
-- Where the cumulative figure falls, the difference is unknown: null, not a guess.

create table source_counts as
with

corrected as (
    select distinct
        source,
        area_code,
        period as month,
        element
    from figures
    where is_corrected
),

added_up as (
    select
        lineage.source,
        lineage.area_code,
        lineage.month,
        lineage.element,
        sum(lineage.sign * figures.value) filter (lineage.total = 'month') as value,
        sum(lineage.sign * figures.value) filter (lineage.total = 'ytd') as value_ytd,
        min(lineage.rule) filter (lineage.total = 'month') as rule
    from lineage_of_counts as lineage
    join figures
        on figures.source = lineage.source
        and figures.area_code = lineage.area_code
        and figures.period = lineage.period
        and figures.span = lineage.span
        and figures.element = lineage.element
    group by all
)

select
    added_up.source,
    added_up.area_code,
    added_up.month,
    added_up.element,
    case when added_up.rule = 'stated' or added_up.value >= 0 then added_up.value end::bigint as value,
    case when added_up.value_ytd >= 0 then added_up.value_ytd end::bigint as value_ytd,
    case
        when corrected.month is not null then 'corrected'
        when added_up.rule = 'stated' then 'reported'
        when added_up.value >= 0 then 'differenced'
    end as status,
    source_ranks.rank
from added_up
join source_ranks
    on source_ranks.source = added_up.source
    and source_ranks.element = added_up.element
left join corrected
    on corrected.source = added_up.source
    and corrected.area_code = added_up.area_code
    and corrected.month = added_up.month
    and corrected.element = added_up.element;
