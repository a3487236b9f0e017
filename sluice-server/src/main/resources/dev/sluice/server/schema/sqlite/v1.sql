-- The name of this database, by which a gate beside it knows it: one row.
CREATE TABLE sluice_database (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
