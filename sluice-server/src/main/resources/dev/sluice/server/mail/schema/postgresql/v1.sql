-- Who wants no more of a flow: mail addresses in lower case. at is microseconds since 1970 in UTC.
CREATE TABLE sluice_opt_out (
  flow text COLLATE "C" NOT NULL,
  address text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (flow, address)
);

-- What mails were to lead to, as it was reported; user_name is what stands before the last slash of subjects, and id tells a
-- repeated report from another one.
CREATE TABLE sluice_conversion (
  flow text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  user_name text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (flow, id)
);

CREATE INDEX sluice_conversion_of ON sluice_conversion (flow, user_name, at);
CREATE INDEX sluice_conversion_at ON sluice_conversion (at);
