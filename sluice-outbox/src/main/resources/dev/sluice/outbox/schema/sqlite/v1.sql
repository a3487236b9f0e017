-- Times are microseconds since 1970 in UTC.

-- The books of each flow: in how many occurrences came, and in which bucket they are.
CREATE TABLE sluice_books (
  flow TEXT NOT NULL PRIMARY KEY,
  n_in INTEGER NOT NULL DEFAULT 0,
  n_pending INTEGER NOT NULL DEFAULT 0,
  n_delivered INTEGER NOT NULL DEFAULT 0,
  n_assumed INTEGER NOT NULL DEFAULT 0,
  n_held INTEGER NOT NULL DEFAULT 0,
  n_owed INTEGER NOT NULL DEFAULT 0,
  n_reported INTEGER NOT NULL DEFAULT 0,
  n_kept INTEGER NOT NULL DEFAULT 0,
  n_withdrawn INTEGER NOT NULL DEFAULT 0,
  n_dead INTEGER NOT NULL DEFAULT 0,
  n_overshoot INTEGER NOT NULL DEFAULT 0,
  n_repeated INTEGER NOT NULL DEFAULT 0,
  n_unknown INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Messages. number is the fence of the claim, or that of the tally, or below 0 where a rule
-- counts without claims: with the key it names the message once.
-- counted says where its occurrence is counted while it is pending: in a claim of the key, in the message itself (a
-- rule without claims), or nowhere (a digest). owed is what it tells and nobody was told of yet.
CREATE TABLE sluice_message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  flow TEXT NOT NULL,
  key_text TEXT NOT NULL,
  number INTEGER NOT NULL,
  nonce INTEGER NOT NULL,
  counted TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  severity TEXT NOT NULL,
  data TEXT NOT NULL,
  occurrences INTEGER NOT NULL,
  held INTEGER NOT NULL,
  first_held INTEGER,
  last_held INTEGER,
  owed INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  held_until INTEGER,
  give_up_at INTEGER NOT NULL,
  closed_at INTEGER,
  UNIQUE (key_text, number)
) STRICT;

CREATE INDEX sluice_message_of_flow ON sluice_message (flow, id);
CREATE INDEX sluice_message_in_state ON sluice_message (state, id);
CREATE INDEX sluice_message_owing ON sluice_message (flow) WHERE closed_at IS NULL;
CREATE INDEX sluice_message_dead ON sluice_message (closed_at, id) WHERE state = 'dead';
CREATE INDEX sluice_message_closed ON sluice_message (closed_at) WHERE closed_at IS NOT NULL;

-- One for each channel and recipient. due_at is when the next attempt is due, or when the lease of the running one
-- ends; NULL where none is, or where it waits for its flow to be configured again. last_start is the last time at which
-- an attempt may start. named is 1 if the occurrence itself said to whom.
CREATE TABLE sluice_delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL REFERENCES sluice_message (id) ON DELETE CASCADE,
  flow TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER,
  last_start INTEGER NOT NULL,
  named INTEGER NOT NULL,
  started_at INTEGER,
  owner TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE INDEX sluice_delivery_of_message ON sluice_delivery (message_id);
CREATE INDEX sluice_delivery_waiting ON sluice_delivery (channel, due_at) WHERE state = 'waiting';
CREATE INDEX sluice_delivery_late ON sluice_delivery (flow, last_start) WHERE state = 'waiting';
CREATE INDEX sluice_delivery_sending ON sluice_delivery (due_at) WHERE state = 'sending';

-- Examples of held occurrences. fence is the highest number the key had given out when it was held, so that it is
-- below the number of its own tally and not below that of the one before.
CREATE TABLE sluice_sample (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_text TEXT NOT NULL,
  fence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  message_id INTEGER REFERENCES sluice_message (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX sluice_sample_of_key ON sluice_sample (key_text) WHERE message_id IS NULL;
CREATE INDEX sluice_sample_of_message ON sluice_sample (message_id) WHERE message_id IS NOT NULL;

-- The full text of subjects that were too long and are hashed in their keys.
CREATE TABLE sluice_subject (
  key_text TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Answers to requests that may be repeated.
CREATE TABLE sluice_request (
  flow TEXT NOT NULL,
  id TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (flow, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sluice_request_at ON sluice_request (at);

CREATE TABLE sluice_ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  flow TEXT NOT NULL,
  subject TEXT NOT NULL,
  key_text TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE INDEX sluice_ledger_at ON sluice_ledger (at);
CREATE INDEX sluice_ledger_of_subject ON sluice_ledger (subject, id);
CREATE INDEX sluice_ledger_of_flow ON sluice_ledger (flow, id);
CREATE INDEX sluice_ledger_of_kind ON sluice_ledger (kind, id);
