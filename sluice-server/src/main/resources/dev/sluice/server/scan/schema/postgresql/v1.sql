-- Candidates of scans that an operator keeps back: subject is that of the key. until is from when on it may go out again,
-- NULL for never by itself; forgotten is 1 if it was given up for good. at and until are microseconds since 1970 in UTC.
CREATE TABLE sluice_candidate_hold (
  flow text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  forgotten integer NOT NULL,
  at bigint NOT NULL,
  until bigint,
  held_by text NOT NULL,
  PRIMARY KEY (flow, subject)
);
