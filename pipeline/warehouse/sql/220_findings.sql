-- One row per finding; what concerns an area that was split is shown at its home.
-- key: finding_id
-- from: found_in_rows, found_in_sums, found_in_sources, found_in_series, found_in_files, found_in_blanks, series

create table findings as
with

found as (
    select * from found_in_rows

    union all

    select * from found_in_sums

    union all

    select * from found_in_sources

    union all

    select * from found_in_series

    union all

    select * from found_in_files

    union all

    select * from found_in_blanks
),

homes as (
    select distinct
        series_code,
        current_code
    from series
    where is_split
),

final as (
    select distinct
        found.kind,
        found.severity,
        coalesce(homes.current_code, found.area_code) as area_code,
        found.month,
        found.subject,
        found.evidence::varchar as evidence
    from found
    left join homes
        on homes.series_code = found.area_code
)

select
    sha256(concat_ws('|', kind, area_code, month, subject, evidence))[:16] as finding_id,
    *
from final;
