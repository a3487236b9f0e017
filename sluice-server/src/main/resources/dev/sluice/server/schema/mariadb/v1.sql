-- The name of this database, by which a gate beside it knows it: one row.
CREATE TABLE IF NOT EXISTS sluice_database (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  name VARCHAR(64) NOT NULL
) ENGINE = InnoDB;
