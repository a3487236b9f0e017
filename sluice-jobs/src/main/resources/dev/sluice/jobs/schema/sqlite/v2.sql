-- Among those that are due, one with a higher priority goes first.
ALTER TABLE sluice_job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;

-- What is kept of a subject beside its job. schedule says when it is due by itself, empty if never; data and enabled belong
-- to it. paused says why nothing is started, empty if it is. place is where its handler goes on, empty at first; it, and
-- last_run, are changed only by the run with the highest fence so far.
CREATE TABLE sluice_job_subject (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  schedule TEXT NOT NULL,
  data TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  paused TEXT NOT NULL,
  place TEXT NOT NULL,
  last_run INTEGER,
  fence INTEGER NOT NULL,
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
