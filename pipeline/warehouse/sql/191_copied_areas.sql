-- One row per source, month and area of today all of whose flows are those of the month before, by more than chance.
-- key: source, month, area_code
-- columns: source, month, area_code, element, figures, areas, file_id
-- from: figures_with_previous, independent_flows, area_descendants, thresholds
--
-- Two counts of mean λ are equal with probability 1 / (2√(πλ)); a cumulative figure has not moved when there was no
-- event in the month: exp(-λ). `areas` is the number of those within that send figures, `element` the one that tells most.

create table copied_areas as
with

-- an area and month at a source: are all its flows those of the month before, and how likely is that
repeats as (
    select
        later.source,
        later.area_code,
        later.period as month,
        bool_and(later.follows_directly and later.value = later.previous_value) as is_copied,
        sum(case
            when later.value = 0 then 0
            when later.span = 'ytd' then -later.value / (month(later.period) - 1)
            else least(-ln(2 * sqrt(pi() * later.value)), 0)
        end) as log_chance,
        arg_max(later.element, (later.value, later.element)) as element,
        count(*) as figures,
        min(later.file_id) as file_id
    from figures_with_previous as later
    join independent_flows
        on independent_flows.source = later.source
        and independent_flows.element = later.element
    where later.span = 'month' or month(later.period) > 1
    group by later.source, later.area_code, later.period
)

select
    repeats.source,
    repeats.month,
    area_descendants.area_code,
    arg_min(repeats.element, (repeats.log_chance, repeats.area_code)) as element,
    sum(repeats.figures)::bigint as figures,
    count(*) as areas,
    min(repeats.file_id) as file_id
from repeats
join area_descendants
    on area_descendants.member_code = repeats.area_code
where (repeats.source, repeats.month) in (select (source, month) from repeats where is_copied)
group by repeats.source, repeats.month, area_descendants.area_code
having bool_and(repeats.is_copied)
    and sum(repeats.log_chance) <= (select ln(chance) from thresholds);
