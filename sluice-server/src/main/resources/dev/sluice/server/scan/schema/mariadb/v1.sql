-- Candidates of scans that an operator keeps back: subject is that of the key. until is from when on it may go out again,
-- NULL for never by itself; forgotten is 1 if it was given up for good. at and until are microseconds since 1970 in UTC.
CREATE TABLE IF NOT EXISTS sluice_candidate_hold (
  flow varchar(64) NOT NULL,
  subject varchar(200) NOT NULL,
  forgotten integer NOT NULL,
  at bigint NOT NULL,
  until bigint,
  held_by varchar(100) NOT NULL,
  PRIMARY KEY (flow, subject)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;
