-- Who wants no more of a flow: mail addresses in lower case. at is microseconds since 1970 in UTC.
CREATE TABLE sluice_opt_out (
  flow TEXT NOT NULL,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (flow, address)
) STRICT, WITHOUT ROWID;

-- What mails were to lead to, as it was reported; user_name is what stands before the last slash of subjects, and id tells a
-- repeated report from another one.
CREATE TABLE sluice_conversion (
  flow TEXT NOT NULL,
  id TEXT NOT NULL,
  user_name TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (flow, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sluice_conversion_of ON sluice_conversion (flow, user_name, at);
CREATE INDEX sluice_conversion_at ON sluice_conversion (at);
