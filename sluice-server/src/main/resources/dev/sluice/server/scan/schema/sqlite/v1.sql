-- Candidates of scans that an operator keeps back: subject is that of the key. until is from when on it may go out again,
-- NULL for never by itself; forgotten is 1 if it was given up for good. at and until are microseconds since 1970 in UTC.
CREATE TABLE sluice_candidate_hold (
  flow TEXT NOT NULL,
  subject TEXT NOT NULL,
  forgotten INTEGER NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,
  held_by TEXT NOT NULL,
  PRIMARY KEY (flow, subject)
) STRICT, WITHOUT ROWID;
