-- One row for each kind of job (task_name) and subject (task_instance): the row is what admits. Columns are named as
-- db-scheduler names them. Times are microseconds since 1970, UTC, by the clock of the store of keys. A dead job has
-- the execution_time of the year 10000.
CREATE TABLE sluice_job (
  task_name TEXT NOT NULL,
  task_instance TEXT NOT NULL,
  task_data BLOB NOT NULL,
  execution_time INTEGER NOT NULL,
  picked INTEGER NOT NULL,
  picked_by TEXT,
  last_success INTEGER,
  last_failure INTEGER,
  consecutive_failures INTEGER,
  last_heartbeat INTEGER,
  version INTEGER NOT NULL,
  PRIMARY KEY (task_name, task_instance)
) STRICT, WITHOUT ROWID;

CREATE INDEX sluice_job_due ON sluice_job (picked, execution_time);
CREATE INDEX sluice_job_heartbeat ON sluice_job (last_heartbeat) WHERE last_heartbeat IS NOT NULL;
