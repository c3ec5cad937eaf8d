-- One row per validity: the line of validities that it is in, each of which has one successor and one predecessor.
-- key: validity
-- columns: validity, line
-- from: followed_successions, validities
--
-- A line bears the number of its last validity.

create table succession_lines as
with recursive

one_to_one as (
    select
        predecessor,
        successor
    from followed_successions
    qualify count(*) over (partition by predecessor) = 1
        and count(*) over (partition by successor) = 1
),

later as (
    select
        validity,
        validity as later_validity
    from validities

    union

    select
        later.validity,
        one_to_one.successor as later_validity
    from later
    join one_to_one
        on one_to_one.predecessor = later.later_validity
)

select
    later.validity,
    arg_max(later.later_validity, (validities.valid_from, later.later_validity)) as line
from later
join validities
    on validities.validity = later.later_validity
group by later.validity;
