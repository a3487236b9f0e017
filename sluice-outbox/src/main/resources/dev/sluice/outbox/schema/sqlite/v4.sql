-- The books of a flow in parts, so that servers that share a database do not wait for each other: each writes the part
-- of its own slot, and the books are the sum. changes counts the commits that changed a part.
CREATE TABLE sluice_books_of_slot (
  flow TEXT NOT NULL,
  slot INTEGER NOT NULL,
  changes INTEGER NOT NULL DEFAULT 0,
  n_in INTEGER NOT NULL DEFAULT 0,
  n_pending INTEGER NOT NULL DEFAULT 0,
  n_delivered INTEGER NOT NULL DEFAULT 0,
  n_assumed INTEGER NOT NULL DEFAULT 0,
  n_held INTEGER NOT NULL DEFAULT 0,
  n_owed INTEGER NOT NULL DEFAULT 0,
  n_reported INTEGER NOT NULL DEFAULT 0,
  n_kept INTEGER NOT NULL DEFAULT 0,
  n_withdrawn INTEGER NOT NULL DEFAULT 0,
  n_dead INTEGER NOT NULL DEFAULT 0,
  n_overshoot INTEGER NOT NULL DEFAULT 0,
  n_repeated INTEGER NOT NULL DEFAULT 0,
  n_unknown INTEGER NOT NULL DEFAULT 0,
  n_shadowed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (flow, slot)
) STRICT, WITHOUT ROWID;

INSERT INTO sluice_books_of_slot (flow, slot, n_in, n_pending, n_delivered, n_assumed, n_held, n_owed, n_reported, n_kept,
    n_withdrawn, n_dead, n_overshoot, n_repeated, n_unknown, n_shadowed)
  SELECT flow, 0, n_in, n_pending, n_delivered, n_assumed, n_held, n_owed, n_reported, n_kept,
    n_withdrawn, n_dead, n_overshoot, n_repeated, n_unknown, n_shadowed FROM sluice_books;

DROP TABLE sluice_books;

ALTER TABLE sluice_books_of_slot RENAME TO sluice_books;

-- A part of the books as it was before its first change of a minute (minutes since 1970, UTC). What moved in that minute
-- is the difference to the next row of the part, or to the part itself if there is none.
CREATE TABLE sluice_books_at_of_slot (
  flow TEXT NOT NULL,
  slot INTEGER NOT NULL,
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
  PRIMARY KEY (flow, slot, minute)
) STRICT, WITHOUT ROWID;

INSERT INTO sluice_books_at_of_slot (flow, slot, minute, n_in, n_pending, n_delivered, n_assumed, n_held, n_owed,
    n_reported, n_kept, n_withdrawn, n_dead, n_overshoot, n_repeated, n_unknown, n_shadowed)
  SELECT flow, 0, minute, n_in, n_pending, n_delivered, n_assumed, n_held, n_owed,
    n_reported, n_kept, n_withdrawn, n_dead, n_overshoot, n_repeated, n_unknown, n_shadowed FROM sluice_books_at;

DROP TABLE sluice_books_at;

ALTER TABLE sluice_books_at_of_slot RENAME TO sluice_books_at;
