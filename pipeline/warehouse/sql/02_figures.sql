-- figures  one row per source, area of today, period, span and element  (all five are the key)
-- from: observations, files, corrections, current_areas, elements, edition
-- Rows of one file for one area are added up; of several files that state the same figure, the last by name counts.

create table figures as
with

counted as (
    select observations.*
    from observations
    join elements
        on elements.element = observations.element
    where elements.kind <> 'printed'
        and observations.period <= (select month from edition)
),

mended as (
    select
        counted.* exclude (value),
        coalesce(corrections.value, counted.value) as value,
        corrections.value is not null as is_corrected
    from counted
    left join corrections
        on corrections.file_id = counted.file_id
        and corrections.sheet = counted.sheet
        and corrections."row" = counted."row"
        and corrections."column" = counted."column"
        and corrections.element = counted.element
),

of_each_file as (
    select
        mended.file_id,
        mended.source,
        current_areas.current_code as area_code,
        mended.period,
        mended.span,
        mended.element,
        sum(mended.value)::bigint as value,
        bool_or(mended.is_corrected) as is_corrected
    from mended
    join current_areas
        on current_areas.area_code = mended.area_code
    group by all
),

final as (
    select
        of_each_file.source,
        of_each_file.area_code,
        of_each_file.period,
        of_each_file.span,
        of_each_file.element,
        arg_max(of_each_file.value, files.path) as value,
        arg_max(of_each_file.is_corrected, files.path) as is_corrected,
        arg_max(of_each_file.file_id, files.path) as file_id
    from of_each_file
    join files
        on files.file_id = of_each_file.file_id
    group by all
)

select * from final;
