-- One row for each kind of job (task_name) and subject (task_instance): the row is what admits. Columns are named as
-- db-scheduler names them. Times are microseconds since 1970, UTC, by the clock of the store of keys. A dead job has
-- the execution_time of the year 10000. Names are compared byte by byte: "User" and "user " are two others than "user".
CREATE TABLE IF NOT EXISTS sluice_job (
  task_name VARCHAR(64) NOT NULL,
  task_instance VARCHAR(200) NOT NULL,
  task_data MEDIUMBLOB NOT NULL,
  execution_time BIGINT NOT NULL,
  picked BOOLEAN NOT NULL,
  picked_by VARCHAR(50),
  last_success BIGINT,
  last_failure BIGINT,
  consecutive_failures INTEGER,
  last_heartbeat BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (task_name, task_instance),
  INDEX sluice_job_due (picked, execution_time),
  INDEX sluice_job_heartbeat (last_heartbeat)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
