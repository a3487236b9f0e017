-- The state of every key, packed; due_at (microseconds since 1970, UTC) only where somebody must look at the key.
-- The key is its text in UTF-8, as bytes: they sort the same on every server, and hold any character. To read it:
-- convert_from(key, 'UTF8').
-- A page keeps room for the next versions of its rows: a step that does not move due_at then writes no index.
CREATE TABLE sluice_key (
  key BYTEA NOT NULL PRIMARY KEY,
  state BYTEA NOT NULL,
  due_at BIGINT
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.05
);

CREATE INDEX sluice_key_due ON sluice_key (due_at) WHERE due_at IS NOT NULL;

-- The highest fence of any key that was forgotten: a key that comes back begins above it.
CREATE TABLE sluice_fence_floor (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  floor BIGINT NOT NULL
);

INSERT INTO sluice_fence_floor (id, floor) VALUES (1, 0);

-- Changed to find out whether the database can still be written.
CREATE TABLE sluice_probe (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  written BIGINT NOT NULL
);

INSERT INTO sluice_probe (id, written) VALUES (1, 0);
