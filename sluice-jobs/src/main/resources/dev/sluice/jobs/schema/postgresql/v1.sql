-- One row for each kind of job (task_name) and subject (task_instance): the row is what admits. Columns are named as
-- db-scheduler names them. Times are microseconds since 1970, UTC, by the clock of the store of keys. A dead job has
-- the execution_time of the year 10000.
CREATE TABLE sluice_job (
  task_name TEXT NOT NULL,
  task_instance TEXT NOT NULL,
  task_data BYTEA NOT NULL,
  execution_time BIGINT NOT NULL,
  picked BOOLEAN NOT NULL,
  picked_by TEXT,
  last_success BIGINT,
  last_failure BIGINT,
  consecutive_failures INTEGER,
  last_heartbeat BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (task_name, task_instance)
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.05
);

CREATE INDEX sluice_job_due ON sluice_job (picked, execution_time);
CREATE INDEX sluice_job_heartbeat ON sluice_job (last_heartbeat) WHERE last_heartbeat IS NOT NULL;
