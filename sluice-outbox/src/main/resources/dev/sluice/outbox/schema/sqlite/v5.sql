-- The steps that a store of keys beside this database is still owed: written with the rows that they follow from. due_at
-- is from when on anybody may take the step. message_id is what it is about, 0 for nothing; prepared is 1 while that
-- message waits for the step before anybody is told of it.
CREATE TABLE sluice_post (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_text TEXT NOT NULL,
  event TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  prepared INTEGER NOT NULL,
  due_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sluice_post_due ON sluice_post (due_at, id);
CREATE INDEX sluice_post_prepared ON sluice_post (message_id) WHERE prepared = 1;

-- The closed tallies of such a store that somebody told a short while ago.
CREATE TABLE sluice_told (
  key_text TEXT NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (key_text, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX sluice_told_at ON sluice_told (at);
