-- One row: what a finding needs.
-- key:
-- columns: chance, slip_may_be_off_by, noise, stock_never_still, months_still, months_around, returns_silent
-- from:

create table thresholds as
select
    1e-6 as chance,                     -- what chance would bring about more often is no finding
    0.05 as slip_may_be_off_by,         -- a unit slip is a factor of 10, 100, ... up to rounding
    2.0 as noise,                       -- sources disagree by more than so many square roots of the larger count
    1000 as stock_never_still,          -- a stock as large as this moves ...
    4 as months_still,                  -- ... within so many months
    12 as months_around,                -- what a month should bring is the mean of so many months on either side
    3 as returns_silent;                -- an office is silent after so many returns in a row
