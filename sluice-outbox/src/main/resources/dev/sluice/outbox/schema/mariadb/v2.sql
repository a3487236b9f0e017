-- Episodes of watches: how long a key (flow, zone, subject) was in its zone. is_open is 1 while it is and NULL after that,
-- so that a key has at most one that is open. level and required are what opened it; mark is where the zone is over.
-- safe_since is from when on the zone has been over, while it is not known yet whether that lasts. notified_at is when
-- somebody was first told; resolved_by is the message that tells that it is over. ended says why it is: recovered, idle.
CREATE TABLE IF NOT EXISTS sluice_episode (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  flow varchar(64) NOT NULL,
  zone varchar(64) NOT NULL,
  subject varchar(200) NOT NULL,
  key_text varchar(330) NOT NULL,
  is_open integer,
  opened_at bigint NOT NULL,
  last_seen bigint NOT NULL,
  checks bigint NOT NULL,
  held bigint NOT NULL,
  level double NOT NULL,
  required double,
  mark double,
  safe_since bigint,
  notified_at bigint,
  resolved_by bigint,
  closed_at bigint,
  ended varchar(32) NOT NULL,
  UNIQUE (key_text, is_open)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_episode_of_flow ON sluice_episode (flow, id);
CREATE INDEX IF NOT EXISTS sluice_episode_of_subject ON sluice_episode (subject, id);
CREATE INDEX IF NOT EXISTS sluice_episode_open ON sluice_episode (is_open, flow, zone, safe_since);
CREATE INDEX IF NOT EXISTS sluice_episode_closed ON sluice_episode (closed_at);

-- The episode that a message is about.
ALTER TABLE sluice_message ADD COLUMN IF NOT EXISTS episode_id bigint;

CREATE INDEX IF NOT EXISTS sluice_message_of_episode ON sluice_message (episode_id);

-- grouped is with whom a delivery goes out as one; batch, once it did, the idempotency key under which all of them do, each
-- time. looked_up is 1 if its recipient is looked up before each attempt, and lost_since from when on there is none.
-- unsure is 1 if it may have arrived already.
ALTER TABLE sluice_delivery ADD COLUMN IF NOT EXISTS grouped varchar(255);
ALTER TABLE sluice_delivery ADD COLUMN IF NOT EXISTS batch varchar(255);
ALTER TABLE sluice_delivery ADD COLUMN IF NOT EXISTS looked_up integer NOT NULL DEFAULT 0;
ALTER TABLE sluice_delivery ADD COLUMN IF NOT EXISTS lost_since bigint;
ALTER TABLE sluice_delivery ADD COLUMN IF NOT EXISTS unsure integer NOT NULL DEFAULT 0;

CREATE INDEX IF NOT EXISTS sluice_delivery_grouped ON sluice_delivery (grouped, state, id);
CREATE INDEX IF NOT EXISTS sluice_delivery_in_batch ON sluice_delivery (batch);
CREATE INDEX IF NOT EXISTS sluice_delivery_lost ON sluice_delivery (lost_since);
