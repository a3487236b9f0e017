-- The state of every key, packed; due_at (microseconds since 1970, UTC) only where somebody must look at the key.
-- The key is its text in UTF-8, as bytes: they sort the same on every server, and hold any character. To read it:
-- CONVERT(`key` USING utf8mb4).
CREATE TABLE IF NOT EXISTS sluice_key (
  `key` VARBINARY(330) NOT NULL PRIMARY KEY,
  state BLOB NOT NULL,
  due_at BIGINT,
  INDEX sluice_key_due (due_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- The highest fence of any key that was forgotten: a key that comes back begins above it.
CREATE TABLE IF NOT EXISTS sluice_fence_floor (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  floor BIGINT NOT NULL
) ENGINE = InnoDB;

INSERT IGNORE INTO sluice_fence_floor (id, floor) VALUES (1, 0);

-- Changed to find out whether the database can still be written.
CREATE TABLE IF NOT EXISTS sluice_probe (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  written BIGINT NOT NULL
) ENGINE = InnoDB;

INSERT IGNORE INTO sluice_probe (id, written) VALUES (1, 0);
