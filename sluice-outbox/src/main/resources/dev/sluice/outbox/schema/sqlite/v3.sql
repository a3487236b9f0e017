-- The books of a flow as they were before the first change of a minute (minutes since 1970, UTC). What moved in that
-- minute is the difference to the next row of the flow, or to its books if there is none.
CREATE TABLE sluice_books_at (
  flow TEXT NOT NULL,
  minute INTEGER NOT NULL,
  n_in INTEGER NOT NULL,
  n_pending INTEGER NOT NULL,
  n_delivered INTEGER NOT NULL,
  n_assumed INTEGER NOT NULL,
  n_held INTEGER NOT NULL,
  n_owed INTEGER NOT NULL,
  n_reported INTEGER NOT NULL,
  n_kept INTEGER NOT NULL,
  n_withdrawn INTEGER NOT NULL,
  n_dead INTEGER NOT NULL,
  n_overshoot INTEGER NOT NULL,
  n_repeated INTEGER NOT NULL,
  n_unknown INTEGER NOT NULL,
  n_shadowed INTEGER NOT NULL,
  PRIMARY KEY (flow, minute)
) STRICT, WITHOUT ROWID;
