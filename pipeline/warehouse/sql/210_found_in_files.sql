-- Findings about files, returns and codes.
-- columns: kind, severity, area_code, month, subject, evidence
-- from: files, source_counts, source_totals, completeness, silent_areas, told_areas, area_resolved, figures,
-- areas_of_today, edition
--
-- duplicate_file        a file of the source has the same bytes as one received before
-- long_silent           no return for three dates due or more; reported at the highest area all of which is silent
-- nothing_for_years     more than two years without a figure from anyone, and figures before: a year that is mistyped?
-- area_code_out_of_use  figures came under a code that is not in use in their month, and none under the code in use

create table found_in_files as
with

last_months as (
    select
        file_id,
        max(period) as month
    from source_totals
    group by file_id
),

top as (
    select arg_min(area_code, (depth, area_code)) as area_code
    from areas_of_today
),

same_bytes as (
    select
        files.*,
        first_value(path) over by_arrival as first_path,
        row_number() over by_arrival as copy
    from files
    where sha256 <> ''
    window by_arrival as (partition by source, sha256 order by sequence, path)
),

duplicate_file as (
    select
        'duplicate_file' as kind,
        'warning' as severity,
        top.area_code,
        coalesce(last_months.month, (select month from edition)) as month,
        '' as subject,
        {
            'source': same_bytes.source,
            'path': same_bytes.path,
            'same_as': same_bytes.first_path
        }::json as evidence
    from same_bytes
    cross join top
    left join last_months
        on last_months.file_id = same_bytes.file_id
    where same_bytes.copy > 1
),

last_returns as (
    select
        area_code,
        source,
        max(month) filter (actual > 0) as month
    from completeness
    group by area_code, source
),

long_silent as (
    select
        'long_silent' as kind,
        'warning' as severity,
        silent_areas.area_code,
        silent_areas.month,
        '' as subject,
        {
            'source': silent_areas.source,
            'months_silent': silent_areas.months_silent,
            'last_return': strftime(last_returns.month, '%Y-%m'),
            'areas': silent_areas.areas
        }::json as evidence
    from silent_areas
    join last_returns
        on last_returns.area_code = silent_areas.area_code
        and last_returns.source = silent_areas.source
    join told_areas
        on told_areas.kind = 'long_silent'
        and told_areas.source = silent_areas.source
        and told_areas.month = silent_areas.month
        and told_areas.area_code = silent_areas.area_code
),

reported_months as (
    select
        month,
        lag(month) over (order by month) as previous
    from (select distinct month from source_counts where coalesce(value, value_ytd) is not null)
    where month <= (select month from edition)
),

holes as (
    select
        previous,
        month
    from reported_months
    where datediff('month', previous, month) > 25
),

nothing_for_years as (
    select
        'nothing_for_years' as kind,
        'warning' as severity,
        any_value(top.area_code) as area_code,
        holes.month,
        '' as subject,
        {
            'source': case when count(distinct figures.file_id) = 1 then any_value(files.source) end,
            'path': case when count(distinct figures.file_id) = 1 then any_value(files.path) end,
            'first_month': strftime(next_month(holes.previous), '%Y-%m'),
            'last_month': strftime(previous_month(holes.month), '%Y-%m'),
            'figures': count(*)
        }::json as evidence
    from holes
    cross join top
    join figures
        on figures.period <= holes.previous
    join files
        on files.file_id = figures.file_id
    group by holes.previous, holes.month
),

out_of_use as (
    select
        area_resolved.source,
        area_resolved.area_code,
        area_resolved.series_code,
        area_resolved.period,
        area_resolved.element,
        area_resolved.file_id,
        figures.area_code is not null as is_counted
    from area_resolved
    left join figures
        on figures.source = area_resolved.source
        and figures.area_code = area_resolved.series_code
        and figures.period = area_resolved.period
        and figures.span = area_resolved.span
        and figures.element = area_resolved.element
    anti join area_resolved as in_use
        on in_use.months_off = 0
        and in_use.source = area_resolved.source
        and in_use.series_code = area_resolved.series_code
        and in_use.period = area_resolved.period
        and in_use.span = area_resolved.span
        and in_use.element = area_resolved.element
    where area_resolved.months_off > 0
),

area_code_out_of_use as (
    select
        'area_code_out_of_use' as kind,
        'note' as severity,
        out_of_use.series_code as area_code,
        max(out_of_use.period) as month,
        min(out_of_use.element) as subject,
        {
            'source': out_of_use.source,
            'path': max(files.path),
            'code': out_of_use.area_code,
            'first_month': strftime(min(out_of_use.period), '%Y-%m'),
            'months': count(distinct out_of_use.period),
            'is_counted': out_of_use.is_counted
        }::json as evidence
    from out_of_use
    join files
        on files.file_id = out_of_use.file_id
    group by out_of_use.source, out_of_use.area_code, out_of_use.series_code, out_of_use.is_counted
)

select * from duplicate_file

union all

select * from long_silent

union all

select * from nothing_for_years

union all

select * from area_code_out_of_use;
