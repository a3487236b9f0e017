-- What became of messages and is still to be written where the user wants it: message_id is now in state, since at. due_at
-- is when that is tried again, or when the lease of who tries it ends.
CREATE TABLE IF NOT EXISTS sluice_write_back (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  flow varchar(64) NOT NULL,
  message_id bigint NOT NULL,
  state varchar(32) NOT NULL,
  at bigint NOT NULL,
  due_at bigint NOT NULL,
  attempts integer NOT NULL,
  FOREIGN KEY (message_id) REFERENCES sluice_message (id) ON DELETE CASCADE
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_write_back_due ON sluice_write_back (flow, due_at);
CREATE INDEX IF NOT EXISTS sluice_write_back_of_message ON sluice_write_back (message_id, id);
