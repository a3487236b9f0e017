-- What became of messages and is still to be written where the user wants it: message_id is now in state, since at. due_at
-- is when that is tried again, or when the lease of who tries it ends.
CREATE TABLE sluice_write_back (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  flow TEXT NOT NULL,
  message_id INTEGER NOT NULL REFERENCES sluice_message (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL
) STRICT;

CREATE INDEX sluice_write_back_due ON sluice_write_back (flow, due_at);
CREATE INDEX sluice_write_back_of_message ON sluice_write_back (message_id, id);
