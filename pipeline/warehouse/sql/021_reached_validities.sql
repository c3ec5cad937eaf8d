-- One row per validity and each one that its figures are carried over to on the way to today, itself among them.
-- key: validity, reached
-- columns: validity, reached
-- from: followed_successions, validities, edition
--
-- From what ended before the edition, the way leads to its successors; from what begins after it, to its predecessors.

create table reached_validities as
with recursive

steps as (
    select
        followed_successions.predecessor as validity,
        followed_successions.successor as next
    from followed_successions
    join validities
        on validities.validity = followed_successions.predecessor
    where validities.last_month < (select month from edition)

    union

    select
        followed_successions.successor as validity,
        followed_successions.predecessor as next
    from followed_successions
    join validities
        on validities.validity = followed_successions.successor
    where validities.valid_from > (select month from edition)
),

reached as (
    select
        validity,
        validity as reached
    from validities

    union

    select
        reached.validity,
        steps.next as reached
    from reached
    join steps
        on steps.validity = reached.reached
)

select * from reached;
