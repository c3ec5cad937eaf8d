-- series   one row per validity: whose series its figures belong to, and where they count   key: validity
-- members  area_descendants, and the areas that were split, in the lowest area of today that holds all successors
--                                                                                            key: area_code, member_code
-- areas    one row per area and validity                                                     key: area_code, valid_from
-- walks    every validity and each one it goes on in                                   key: validity, reached
-- from: validities, successions, areas_of_today, area_descendants, reference_levels, edition
-- An area that ended in one area of today is carried over to it. One that ended in several keeps a series of its own,
-- which counts in its home: the lowest area of today that holds them all; so does one that ended in an area of a higher
-- level, of which it is a part. Its code there is `330502@1983-01` where another area bears 330502 today or bore it at
-- another time. One that goes on under its own code is carried over to itself, whatever it gave away.
-- `line`: the validities before and after which there is just one.

create table followed as
select successions.*
from successions
join validities as before
    on before.validity = successions.predecessor
join validities as after
    on after.validity = successions.successor
qualify before.area_code = after.area_code
    or not bool_or(before.area_code = after.area_code) over (partition by successions.predecessor);

-- the validities that one goes on in; of one that begins after the edition, those it came from
create table walks as
with recursive

steps as (
    select
        followed.predecessor as validity,
        followed.successor as next
    from followed
    join validities
        on validities.validity = followed.predecessor
    where validities.last_month < (select month from edition)

    union

    select
        followed.successor as validity,
        followed.predecessor as next
    from followed
    join validities
        on validities.validity = followed.successor
    where validities.valid_from > (select month from edition)
),

walked as (
    select
        validity,
        validity as reached
    from validities

    union

    select
        walked.validity,
        steps.next as reached
    from walked
    join steps
        on steps.validity = walked.reached
)

select * from walked;

create table series as
with recursive

one_to_one as (
    select
        predecessor,
        successor
    from followed
    qualify count(*) over (partition by predecessor) = 1
        and count(*) over (partition by successor) = 1
),

chained as (
    select
        validity,
        validity as reached
    from validities

    union

    select
        chained.validity,
        one_to_one.successor as reached
    from chained
    join one_to_one
        on one_to_one.predecessor = chained.reached
),

lines as (
    select
        chained.validity,
        arg_max(chained.reached, (validities.valid_from, chained.reached)) as line
    from chained
    join validities
        on validities.validity = chained.reached
    group by chained.validity
),

destinations as (
    select
        walks.validity,
        list(distinct validities.area_code order by validities.area_code) filter (validities.is_of_today) as codes,
        count(*) as reached
    from walks
    join validities
        on validities.validity = walks.reached
    group by walks.validity
),

kept as (
    select
        destinations.validity,
        destinations.codes,
        destinations.reached,
        validities.area_code || case
            when validities.area_code in (select area_code from areas_of_today)
                or count(distinct destinations.codes) over (partition by validities.area_code) > 1
                then strftime(validities.valid_from, '@%Y-%m')
            else ''
        end as area_code
    from destinations
    join validities
        on validities.validity = destinations.validity
    join reference_levels
        on reference_levels.level = validities.level
    left join areas_of_today
        on areas_of_today.area_code = destinations.codes[1]
    where len(destinations.codes) > 1
        or areas_of_today.depth < reference_levels.depth
),

-- of the validities that end in the same areas of today, the last before they part
split as (
    select
        walks.validity,
        any_value(kept.codes) as codes,
        arg_min(there.area_code, (there.reached, there.area_code)) as series_code
    from walks
    join kept
        on kept.validity = walks.validity
    join kept as there
        on there.validity = walks.reached
        and len(there.codes) = len(kept.codes)
    group by walks.validity
),

holding as (
    select
        split.validity,
        area_descendants.area_code,
        area_descendants.depth
    from split
    join area_descendants
        on list_contains(split.codes, area_descendants.member_code)
    group by split.validity, area_descendants.area_code, area_descendants.depth, len(split.codes)
    having count(*) = len(split.codes)
),

homes as (
    select
        validity,
        arg_max(area_code, depth) as area_code
    from holding
    group by validity
),

final as (
    select
        validities.validity,
        validities.area_code,
        validities.applies_from,
        validities.valid_from,
        validities.last_month,
        lines.line,
        split.validity is not null as is_split,
        destinations.codes as destination_codes,
        coalesce(split.series_code, destinations.codes[1]) as series_code,
        case when split.validity is null then destinations.codes[1] else homes.area_code end as current_code
    from validities
    join lines
        on lines.validity = validities.validity
    join destinations
        on destinations.validity = validities.validity
    left join split
        on split.validity = validities.validity
    left join homes
        on homes.validity = validities.validity
)

select * from final;

create table members as
select
    area_code,
    member_code,
    distance
from area_descendants

union all

select distinct
    area_descendants.area_code,
    series.series_code as member_code,
    1 as distance
from series
join area_descendants
    on area_descendants.member_code = series.current_code
where series.is_split;

create table areas as
select
    validities.area_code,
    validities.valid_from,
    validities.name,
    validities.level,
    validities.parent_code,
    validities.valid_to,
    validities.successor_codes,
    series.current_code,
    validities.name_en
from validities
join series
    on series.validity = validities.validity;
