-- One row per area, month and element: the count of the first source by precedence that has it.
-- key: area_code, month, element
-- columns: area_code, month, element, value, status, source, value_ytd, ytd_source
-- from: source_counts
--
-- The count since January is chosen by itself, and may be of another source than that of the month: `ytd_source`.

create table chosen_counts as
with

chosen_among as (
    select distinct element
    from source_counts
    where rank > 1
)

-- where no other source states the element, there is nothing to choose
select
    area_code,
    month,
    element,
    value,
    case when value is not null then status end as status,
    case when value is not null then source end as source,
    value_ytd,
    case when value_ytd is not null then source end as ytd_source
from source_counts
anti join chosen_among
    using (element)

union all

select
    area_code,
    month,
    element,
    arg_min(value, rank) as value,
    arg_min(status, rank) filter (value is not null) as status,
    arg_min(source, rank) filter (value is not null) as source,
    arg_min(value_ytd, rank) as value_ytd,
    arg_min(source, rank) filter (value_ytd is not null) as ytd_source
from source_counts
semi join chosen_among
    using (element)
group by area_code, month, element;
