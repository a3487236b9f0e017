-- Times are microseconds since 1970 in UTC. MariaDB knows no partial indexes: the whole ones are larger, and
-- serve the same queries.

-- The books of each flow: in how many occurrences came, and in which bucket they are. In parts, so that servers do not
-- wait for each other: each writes the part of its own slot, and the books are the sum. changes counts the commits that
-- changed a part.
CREATE TABLE IF NOT EXISTS sluice_books (
  flow varchar(64) NOT NULL,
  slot integer NOT NULL,
  changes bigint NOT NULL DEFAULT 0,
  n_in bigint NOT NULL DEFAULT 0,
  n_pending bigint NOT NULL DEFAULT 0,
  n_delivered bigint NOT NULL DEFAULT 0,
  n_assumed bigint NOT NULL DEFAULT 0,
  n_held bigint NOT NULL DEFAULT 0,
  n_owed bigint NOT NULL DEFAULT 0,
  n_reported bigint NOT NULL DEFAULT 0,
  n_kept bigint NOT NULL DEFAULT 0,
  n_withdrawn bigint NOT NULL DEFAULT 0,
  n_dead bigint NOT NULL DEFAULT 0,
  n_overshoot bigint NOT NULL DEFAULT 0,
  n_repeated bigint NOT NULL DEFAULT 0,
  n_unknown bigint NOT NULL DEFAULT 0,
  n_shadowed bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (flow, slot)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

-- A part of the books as it was before its first change of a minute (minutes since 1970, UTC). What moved in that minute
-- is the difference to the next row of the part, or to the part itself if there is none.
CREATE TABLE IF NOT EXISTS sluice_books_at (
  flow varchar(64) NOT NULL,
  slot integer NOT NULL,
  minute bigint NOT NULL,
  n_in bigint NOT NULL,
  n_pending bigint NOT NULL,
  n_delivered bigint NOT NULL,
  n_assumed bigint NOT NULL,
  n_held bigint NOT NULL,
  n_owed bigint NOT NULL,
  n_reported bigint NOT NULL,
  n_kept bigint NOT NULL,
  n_withdrawn bigint NOT NULL,
  n_dead bigint NOT NULL,
  n_overshoot bigint NOT NULL,
  n_repeated bigint NOT NULL,
  n_unknown bigint NOT NULL,
  n_shadowed bigint NOT NULL,
  PRIMARY KEY (flow, slot, minute)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

-- Messages. number is the fence of the claim, or that of the tally, or below 0 where a rule
-- counts without claims: with the key it names the message once.
-- counted says where its occurrence is counted while it is pending: in a claim of the key, in the message itself (a
-- rule without claims), or nowhere (a digest). owed is what it tells and nobody was told of yet.
CREATE TABLE IF NOT EXISTS sluice_message (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  flow varchar(64) NOT NULL,
  key_text varchar(330) NOT NULL,
  number bigint NOT NULL,
  nonce bigint NOT NULL,
  counted varchar(32) NOT NULL,
  kind varchar(32) NOT NULL,
  state varchar(32) NOT NULL,
  title longtext NOT NULL,
  body longtext NOT NULL,
  severity longtext NOT NULL,
  data longtext NOT NULL,
  occurrences bigint NOT NULL,
  held bigint NOT NULL,
  first_held bigint,
  last_held bigint,
  owed bigint NOT NULL,
  decided_at bigint NOT NULL,
  held_until bigint,
  give_up_at bigint NOT NULL,
  closed_at bigint,
  UNIQUE (key_text, number)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_message_of_flow ON sluice_message (flow, id);
CREATE INDEX IF NOT EXISTS sluice_message_in_state ON sluice_message (state, id);
CREATE INDEX IF NOT EXISTS sluice_message_owing ON sluice_message (flow, closed_at);
CREATE INDEX IF NOT EXISTS sluice_message_dead ON sluice_message (state, closed_at, id);
CREATE INDEX IF NOT EXISTS sluice_message_closed ON sluice_message (closed_at);

-- One for each channel and recipient. due_at is when the next attempt is due, or when the lease of the running one
-- ends; NULL where none is. last_start is the last time at which an attempt may start. named is 1 if the occurrence
-- itself said to whom.
CREATE TABLE IF NOT EXISTS sluice_delivery (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  message_id bigint NOT NULL,
  flow varchar(64) NOT NULL,
  channel varchar(64) NOT NULL,
  recipient longtext NOT NULL,
  idempotency_key varchar(255) NOT NULL,
  state varchar(32) NOT NULL,
  attempts integer NOT NULL,
  due_at bigint,
  last_start bigint NOT NULL,
  named integer NOT NULL,
  started_at bigint,
  owner varchar(32) NOT NULL,
  note longtext NOT NULL,
  FOREIGN KEY (message_id) REFERENCES sluice_message (id) ON DELETE CASCADE
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_delivery_of_message ON sluice_delivery (message_id);
CREATE INDEX IF NOT EXISTS sluice_delivery_waiting ON sluice_delivery (state, channel, due_at, id);
CREATE INDEX IF NOT EXISTS sluice_delivery_late ON sluice_delivery (state, last_start);
CREATE INDEX IF NOT EXISTS sluice_delivery_sending ON sluice_delivery (state, due_at);

-- Examples of held occurrences. fence is the highest number the key had given out when it was held, so that it is
-- below the number of its own tally and not below that of the one before.
CREATE TABLE IF NOT EXISTS sluice_sample (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  key_text varchar(330) NOT NULL,
  fence bigint NOT NULL,
  at bigint NOT NULL,
  title longtext NOT NULL,
  body longtext NOT NULL,
  message_id bigint,
  FOREIGN KEY (message_id) REFERENCES sluice_message (id) ON DELETE CASCADE
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_sample_of_key ON sluice_sample (key_text, message_id);
CREATE INDEX IF NOT EXISTS sluice_sample_of_message ON sluice_sample (message_id);

-- The full text of subjects that were too long and are hashed in their keys.
CREATE TABLE IF NOT EXISTS sluice_subject (
  key_text varchar(330) NOT NULL PRIMARY KEY,
  subject longtext NOT NULL
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

-- Answers to requests that may be repeated.
CREATE TABLE IF NOT EXISTS sluice_request (
  flow varchar(64) NOT NULL,
  id varchar(255) NOT NULL,
  body_hash varchar(128) NOT NULL,
  answer longtext NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (flow, id)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_request_at ON sluice_request (at);

CREATE TABLE IF NOT EXISTS sluice_ledger (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at bigint NOT NULL,
  flow varchar(64) NOT NULL,
  subject varchar(200) NOT NULL,
  key_text varchar(330) NOT NULL,
  kind varchar(32) NOT NULL,
  detail longtext NOT NULL
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_ledger_at ON sluice_ledger (at);
CREATE INDEX IF NOT EXISTS sluice_ledger_of_subject ON sluice_ledger (subject, id);
CREATE INDEX IF NOT EXISTS sluice_ledger_of_flow ON sluice_ledger (flow, id);
CREATE INDEX IF NOT EXISTS sluice_ledger_of_kind ON sluice_ledger (kind, id);

-- How many of the held ones of a tally a budget tells. tally is the number of the tally that waited to be told when they
-- were held, 0 if none did: it is below the number of their own tally, and not below that of the one before.
CREATE TABLE IF NOT EXISTS sluice_budget_told (
  key_text varchar(330) NOT NULL,
  tally bigint NOT NULL,
  budget varchar(330) NOT NULL,
  held bigint NOT NULL,
  PRIMARY KEY (key_text, tally, budget)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

-- Where the digest of a budget goes: the channels over which something was refused, and to whom if the budget is one of
-- recipients.
CREATE TABLE IF NOT EXISTS sluice_budget_target (
  key_text varchar(330) NOT NULL,
  channel varchar(64) NOT NULL,
  recipient longtext NOT NULL,
  PRIMARY KEY (key_text, channel)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

-- The steps that a store of keys beside this database is still owed: written with the rows that they follow from. due_at
-- is from when on anybody may take the step. message_id is what it is about, 0 for nothing; prepared is 1 while that
-- message waits for the step before anybody is told of it.
CREATE TABLE IF NOT EXISTS sluice_post (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  key_text varchar(330) NOT NULL,
  event varchar(255) NOT NULL,
  message_id bigint NOT NULL,
  prepared integer NOT NULL,
  due_at bigint NOT NULL
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_post_due ON sluice_post (due_at, id);
CREATE INDEX IF NOT EXISTS sluice_post_prepared ON sluice_post (message_id, prepared);

-- The closed tallies of such a store that somebody told a short while ago.
CREATE TABLE IF NOT EXISTS sluice_told (
  key_text varchar(330) NOT NULL,
  number bigint NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (key_text, number)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_told_at ON sluice_told (at);
