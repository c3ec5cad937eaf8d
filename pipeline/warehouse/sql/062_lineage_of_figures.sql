-- One row per figure and area as named: the file whose cells for that area are part of the figure.
-- key: source, area_code, period, span, element, named_code
-- from: area_resolved, series, edition
--
-- A figure under a code that is not in use in its month counts only where none came under the code in use. Former
-- areas that were merged are added up, and unknown where one of those that report is missing.
-- What came out of a split begins with it: a series of the time before belongs to the area that was split, and a figure
-- that comes under the code of that area afterwards is not counted.

create table lineage_of_figures as
with

out_of_use as (
    select *
    from area_resolved
    where months_off > 0
    window figure as (partition by source, series_code, period, span, element)
    qualify (months_off, in_use) = min((months_off, in_use)) over figure
),

split_off as (
    select
        successor.series_code,
        area_resolved.source,
        area_resolved.element,
        min(later.valid_from) as begins
    from series as successor
    join series as former
        on former.is_split
        and list_contains(former.destination_codes, successor.series_code)
    join (select distinct source, series_code, element from area_resolved) as area_resolved
        on area_resolved.series_code = former.series_code
    join series as later
        on later.series_code = successor.series_code
    where not successor.is_split
    group by all
),

-- where it ended, an area that was split is followed by what came of it
parted as (
    select
        series_code,
        coalesce(
            max(last_month) filter (valid_from <= (select month from edition)),
            max(last_month)
        ) as last_month
    from series
    where is_split
    group by series_code
),

counted as (
    select *
    from area_resolved
    where months_off = 0

    union all

    select out_of_use.*
    from out_of_use
    anti join area_resolved
        on area_resolved.months_off = 0
        and area_resolved.source = out_of_use.source
        and area_resolved.series_code = out_of_use.series_code
        and area_resolved.period = out_of_use.period
        and area_resolved.span = out_of_use.span
        and area_resolved.element = out_of_use.element
    anti join split_off
        on split_off.source = out_of_use.source
        and split_off.series_code = out_of_use.series_code
        and split_off.element = out_of_use.element
        and split_off.begins > out_of_use.period
    anti join parted
        on parted.series_code = out_of_use.series_code
        and parted.last_month < out_of_use.period
),

merged as (
    select series_code
    from series
    group by series_code
    having count(distinct line) > 1
),

incomplete as (
    select
        counted.source,
        counted.series_code,
        counted.period,
        counted.span,
        counted.element
    from counted
    join merged
        on merged.series_code = counted.series_code
    join series
        on series.series_code = counted.series_code
        and counted.in_use between series.valid_from and series.last_month
    join (select distinct source, line, span, element from area_resolved) as reporting
        on reporting.source = counted.source
        and reporting.line = series.line
        and reporting.span = counted.span
        and reporting.element = counted.element
    group by all
    having count(distinct series.line) > count(distinct counted.line)
)

select
    counted.source,
    counted.series_code as area_code,
    counted.period,
    counted.span,
    counted.element,
    counted.area_code as named_code,
    counted.file_id,
    counted.sequence,
    counted.value,
    counted.is_corrected,
    counted.files
from counted
anti join incomplete
    on incomplete.source = counted.source
    and incomplete.series_code = counted.series_code
    and incomplete.period = counted.period
    and incomplete.span = counted.span
    and incomplete.element = counted.element;
