-- Two builds of a workspace held against each other. The tables of both are here with a column `side`, 'was' or 'now';
-- `elements` and `parents` are those of the reference, `terms` what an element is summed of (`is_part`) or held against;
-- the variable `touched` has the paths below data/raw of the damaged files.

-- An element and those it is held against: its parts, its sum, printed sums and rates.
create or replace table family as
select element, term as other from terms
union select term, element from terms
union select element, element from elements;

-- An area and those above it.
create or replace table line as
with recursive above as (
    select area_code, area_code as above, parent_code from parents
    union all
    select above.area_code, parents.area_code, parents.parent_code
    from above join parents on parents.area_code = above.parent_code
)
select area_code, above from above;

-- What is counted, and what was printed beside.
create or replace table known as
select side, is_printed, figure.source, area_code, period, span, element,
    max_by(value, file_id) as value, max_by(files.source || '/' || files.path, file_id) as path
from (
    select side, false as is_printed, source, area_code, period, span, element, value, file_id from figures
    union all
    select side, true, source, area_code, period, span, element, value, file_id
    from observations where element in (select element from elements where kind = 'printed')
) as figure
join files using (side, file_id)
group by all;

-- Figures that are others, and printed ones; where a printed one is missing, only a check is.
create or replace table changes as
select * exclude side, list_filter(paths, lambda path: path in getvariable('touched')) as struck
from (
    select is_printed, source, area_code, period, span, element, any_value(value) filter (side = 'was') as was,
        any_value(value) filter (side = 'now') as now, list(path) as paths, null as side
    from known group by is_printed, source, area_code, period, span, element
)
where was is distinct from now and not (is_printed and now is null);

create or replace table struck_rejects as
select *, source || '/' || path as file from rejects
where side = 'now' and source || '/' || path in getvariable('touched');

create or replace table new_findings as
select *, evidence ->> '$.source' as source, evidence ->> '$.preferred_source' as preferred, evidence ->> '$.path' as path
from findings
where side = 'now' and finding_id not in (select finding_id from findings where side = 'was');

-- Returns that completeness counted before.
create or replace table fallen as
select area_code, source, month, coalesce(max(actual) filter (side = 'now'), 0) as now, max(actual) filter (side = 'was') as was
from completeness group by all having now < was;

-- By what each change shows itself.
-- refused: a reject of the file names the cell, or the table or file as a whole; of a printed figure, which is but a
-- check, or a cell that it would have been held against.
-- found: a finding that was not there before concerns the figure.
-- missing: the figure, or the one it was moved from, is gone, and completeness counts a return less.
-- revision: a later file changed it, and `revisions` says so.
create or replace table told as
select changes.*, 'refused' as reason
from changes semi join struck_rejects as reject on reject.file in changes.struck and (
    reject.element is null
    or coalesce(reject.area_code, changes.area_code) = changes.area_code
    and coalesce(reject.period, changes.period) = changes.period
    and (reject.element = changes.element
        or is_printed and (changes.element, reject.element) in (select (element, other) from family))
)
union all
select changes.*, 'found'
from changes semi join new_findings as finding on changes.source in (finding.source, finding.preferred)
    and ((changes.area_code, finding.area_code) in (select (area_code, above) from line)
        or (finding.area_code, changes.area_code) in (select (area_code, above) from line))
    and if(finding.kind = 'duplicate_file', changes.source || '/' || finding.path in getvariable('touched'),
        (finding.kind in ('copied_month', 'long_silent')
            or (changes.element, finding.subject) in (select (element, other) from family))
        and if(finding.kind in ('cumulative_differs', 'cumulative_falls', 'sources_disagree', 'stuck'),
            year(finding.month) = year(changes.period) and finding.month >= changes.period,
            finding.month = changes.period))
where len(struck) > 0
union all
select changes.*, 'revision'
from changes semi join (
    select revisions.* exclude element, family.element from revisions join family on revisions.element = other
    where side = 'now'
) using (source, area_code, period, span, element)
where len(struck) > 0 and was is not null and now is not null
union all
select changes.*, 'missing'
from changes semi join fallen on fallen.area_code = changes.area_code and fallen.source = changes.source
    and (changes.now is null and fallen.month = changes.period or changes.was is null)
where len(struck) > 0;

-- Counts of the month or since January that are others, and no figure with a reason goes into: of the month, of the
-- months since January, or of a difference.
create or replace table silent_counts as
select area_code, month, element, was, now
from (
    select area_code, month, element, max(nullif(concat(value, ' ', value_ytd), ' ')) filter (side = 'was') as was,
        max(nullif(concat(value, ' ', value_ytd), ' ')) filter (side = 'now') as now
    from counts group by all
) as count
where was is distinct from now and not exists (
    from told
    where (told.element = count.element or (count.element, told.element) in (select (element, term) from terms where is_part))
        and (told.area_code, count.area_code) in (select (area_code, above) from line)
        and year(told.period) = year(count.month) and (told.period <= count.month or told.span <> 'month')
);

-- Rows of counts, figures and completeness that one build has and the other has not, whichever files they come from.
create or replace view differences as
select content
from (
    select side, row('counts', *columns(* exclude side))::varchar as content from counts
    union all
    select side, row('figures', *columns(* exclude (side, file_id, files)))::varchar from figures
    union all
    select side, row('completeness', *columns(* exclude side))::varchar from completeness
)
group by content having count(distinct side) = 1;
