-- Episodes of watches: how long a key (flow, zone, subject) was in its zone. is_open is 1 while it is and NULL after that,
-- so that a key has at most one that is open. level and required are what opened it; mark is where the zone is over.
-- safe_since is from when on the zone has been over, while it is not known yet whether that lasts. notified_at is when
-- somebody was first told; resolved_by is the message that tells that it is over. ended says why it is: recovered, idle.
CREATE TABLE sluice_episode (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  flow TEXT NOT NULL,
  zone TEXT NOT NULL,
  subject TEXT NOT NULL,
  key_text TEXT NOT NULL,
  is_open INTEGER,
  opened_at INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  checks INTEGER NOT NULL,
  held INTEGER NOT NULL,
  level REAL NOT NULL,
  required REAL,
  mark REAL,
  safe_since INTEGER,
  notified_at INTEGER,
  resolved_by INTEGER,
  closed_at INTEGER,
  ended TEXT NOT NULL,
  UNIQUE (key_text, is_open)
) STRICT;

CREATE INDEX sluice_episode_of_flow ON sluice_episode (flow, id);
CREATE INDEX sluice_episode_of_subject ON sluice_episode (subject, id);
CREATE INDEX sluice_episode_open ON sluice_episode (flow, zone, safe_since) WHERE is_open = 1;
CREATE INDEX sluice_episode_closed ON sluice_episode (closed_at) WHERE closed_at IS NOT NULL;

-- The episode that a message is about.
ALTER TABLE sluice_message ADD COLUMN episode_id INTEGER;

CREATE INDEX sluice_message_of_episode ON sluice_message (episode_id) WHERE episode_id IS NOT NULL;

-- grouped is with whom a delivery goes out as one; batch, once it did, the idempotency key under which all of them do, each
-- time. looked_up is 1 if its recipient is looked up before each attempt, and lost_since from when on there is none.
-- unsure is 1 if it may have arrived already.
ALTER TABLE sluice_delivery ADD COLUMN grouped TEXT;
ALTER TABLE sluice_delivery ADD COLUMN batch TEXT;
ALTER TABLE sluice_delivery ADD COLUMN looked_up INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sluice_delivery ADD COLUMN lost_since INTEGER;
ALTER TABLE sluice_delivery ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;

CREATE INDEX sluice_delivery_grouped ON sluice_delivery (grouped, id) WHERE state = 'waiting' AND grouped IS NOT NULL;
CREATE INDEX sluice_delivery_in_batch ON sluice_delivery (batch) WHERE batch IS NOT NULL;
CREATE INDEX sluice_delivery_lost ON sluice_delivery (lost_since) WHERE lost_since IS NOT NULL;
