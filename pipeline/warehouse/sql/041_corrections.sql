-- One row per mended cell.
-- key: file_id, sheet, row, column, element
-- from: corrected_cells

create table corrections as
select
    file_id,
    sheet,
    "row",
    "column",
    element,
    found,
    was_refused,
    value,
    reason,
    author,
    date
from corrected_cells
where found is not null;
