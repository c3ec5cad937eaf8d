-- One row per entry of corrections.csv, with the cell as it was read or refused.
-- key: entry
-- columns: entry, file_id, sheet, row, column, element, found, value_found, was_refused, area_code, period, span, value,
-- reason, author, date
-- from: correction_entries, files, observations, rejects
--
-- Where `found` is null there is no such cell; whether it holds what was expected is for the step itself to say.

create table corrected_cells as
with

wanted as (
    select
        correction_entries.*,
        files.file_id
    from correction_entries
    left join files
        on files.source = correction_entries.source
        and files.path = correction_entries.path
),

final as (
    select
        wanted.entry,
        wanted.file_id,
        wanted.sheet,
        wanted."row",
        wanted."column",
        wanted.element,
        coalesce(observations.text, format('{:.15g}', observations.value), rejects.found) as found,
        observations.value as value_found,
        rejects.found is not null as was_refused,
        coalesce(observations.area_code, rejects.area_code) as area_code,
        coalesce(observations.period, rejects.period) as period,
        coalesce(observations.span, rejects.span) as span,
        wanted.value,
        wanted.reason,
        wanted.author,
        wanted.date
    from wanted
    left join observations
        on observations.file_id = wanted.file_id
        and observations.sheet = wanted.sheet
        and observations."row" = wanted."row"
        and observations."column" = wanted."column"
        and observations.element = wanted.element
    left join rejects
        on rejects.file_id = wanted.file_id
        and rejects.sheet = wanted.sheet
        and rejects."row" = wanted."row"
        and rejects."column" = wanted."column"
        and rejects.element = wanted.element
)

select * from final;
