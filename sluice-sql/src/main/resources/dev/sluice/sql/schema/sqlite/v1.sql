-- The state of every key, packed; due_at (microseconds since 1970, UTC) only where somebody must look at the key.
CREATE TABLE sluice_key (
  key TEXT NOT NULL PRIMARY KEY,
  state BLOB NOT NULL,
  due_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX sluice_key_due ON sluice_key (due_at) WHERE due_at IS NOT NULL;

-- The highest fence of any key that was forgotten: a key that comes back begins above it.
CREATE TABLE sluice_fence_floor (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  floor INTEGER NOT NULL
) STRICT;

INSERT INTO sluice_fence_floor (id, floor) VALUES (1, 0);

-- Changed to find out whether the database can still be written.
CREATE TABLE sluice_probe (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  written INTEGER NOT NULL
) STRICT;

INSERT INTO sluice_probe (id, written) VALUES (1, 0);
