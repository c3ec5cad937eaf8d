-- One row per succession along which figures are carried over.
-- key: predecessor, successor
-- columns: predecessor, successor, month
-- from: successions, validities
--
-- An area that goes on under its own code is followed there and nowhere else, whatever it gave away.

create table followed_successions as
select successions.*
from successions
join validities as before
    on before.validity = successions.predecessor
join validities as after
    on after.validity = successions.successor
qualify before.area_code = after.area_code
    or not bool_or(before.area_code = after.area_code) over (partition by successions.predecessor);
