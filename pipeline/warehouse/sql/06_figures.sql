-- named_areas one row per area and period that any file names: whose series it is            key: area_code, period
-- area_resolved one row per source, area as named, period, span and element: the last of several files
-- figures  one row per source, area of today (or split area), period, span and element     (all five are the key)
-- from: source_totals, restated, series, edition
-- A figure under a code that is not in use in its month counts only where none came under the code in use. Former
-- areas that were merged are added up, and unknown where one of those that report is missing.
-- What came out of a split begins with it: a series of the time before belongs to the area that was split, and a figure
-- that comes under the code of that area afterwards is not counted.

create table named_areas as
with

named as (
    select distinct
        area_code,
        period
    from source_totals
)

select
    named.area_code,
    named.period,
    series.series_code,
    series.current_code,
    series.line,
    greatest(series.valid_from, least(named.period, series.last_month)) as in_use,
    abs(datediff('month', named.period, in_use)) as months_off
from named
asof join series
    on series.area_code = named.area_code
    and named.period >= series.applies_from;

create table area_resolved as
with

last_sent as (
    select
        source,
        area_code,
        period,
        span,
        element,
        sequence,
        file_id,
        value,
        is_corrected,
        1 as files
    from source_totals
    anti join restated
        using (source, area_code, period, span, element)
    where kind in ('flow', 'stock')

    union all

    select
        source,
        area_code,
        period,
        span,
        element,
        max(sequence) as sequence,
        arg_max(file_id, (sequence, file_id)) as file_id,
        arg_max(value, (sequence, file_id)) as value,
        arg_max(is_corrected, (sequence, file_id)) as is_corrected,
        count(*) as files
    from source_totals
    semi join restated
        using (source, area_code, period, span, element)
    group by source, area_code, period, span, element
)

select
    last_sent.*,
    named_areas.series_code,
    named_areas.line,
    named_areas.in_use,
    named_areas.months_off
from last_sent
join named_areas
    on named_areas.area_code = last_sent.area_code
    and named_areas.period = last_sent.period
where named_areas.series_code is not null;

create table figures as
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
    sum(counted.value)::bigint as value,
    bool_or(counted.is_corrected) as is_corrected,
    arg_max(counted.file_id, counted.sequence) as file_id,
    sum(counted.files)::bigint as files
from counted
anti join incomplete
    on incomplete.source = counted.source
    and incomplete.series_code = counted.series_code
    and incomplete.period = counted.period
    and incomplete.span = counted.span
    and incomplete.element = counted.element
group by all;
