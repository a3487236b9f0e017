-- The name of this database, by which a gate beside it knows it: one row.
CREATE TABLE sluice_database (
  one integer NOT NULL PRIMARY KEY CHECK (one = 1),
  name varchar(64) NOT NULL
);
