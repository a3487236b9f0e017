-- Among those that are due, one with a higher priority goes first.
ALTER TABLE sluice_job ADD COLUMN IF NOT EXISTS priority SMALLINT NOT NULL DEFAULT 0;

-- What is kept of a subject beside its job. schedule says when it is due by itself, empty if never; data and enabled belong
-- to it. paused says why nothing is started, empty if it is. place is where its handler goes on, empty at first; it, and
-- last_run, are changed only by the run with the highest fence so far.
CREATE TABLE IF NOT EXISTS sluice_job_subject (
  kind VARCHAR(64) NOT NULL,
  subject VARCHAR(200) NOT NULL,
  schedule MEDIUMTEXT NOT NULL,
  data MEDIUMTEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  paused MEDIUMTEXT NOT NULL,
  place MEDIUMTEXT NOT NULL,
  last_run BIGINT,
  fence BIGINT NOT NULL,
  PRIMARY KEY (kind, subject)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
