-- Who wants no more of a flow: mail addresses in lower case. at is microseconds since 1970 in UTC.
CREATE TABLE IF NOT EXISTS sluice_opt_out (
  flow varchar(64) NOT NULL,
  address varchar(320) NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (flow, address)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

-- What mails were to lead to, as it was reported; user_name is what stands before the last slash of subjects, and id tells a
-- repeated report from another one.
CREATE TABLE IF NOT EXISTS sluice_conversion (
  flow varchar(64) NOT NULL,
  id varchar(200) NOT NULL,
  user_name varchar(200) NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (flow, id)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_conversion_of ON sluice_conversion (flow, user_name, at);
CREATE INDEX IF NOT EXISTS sluice_conversion_at ON sluice_conversion (at);
