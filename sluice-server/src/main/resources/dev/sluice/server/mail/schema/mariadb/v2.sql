-- Which mails were opened (kind is opens), and in which somebody clicked (clicks): when first and last, and how often.
CREATE TABLE IF NOT EXISTS sluice_mail_track (
  flow varchar(64) NOT NULL,
  message_id bigint NOT NULL,
  kind varchar(64) NOT NULL,
  first_at bigint NOT NULL,
  last_at bigint NOT NULL,
  times bigint NOT NULL,
  PRIMARY KEY (message_id, kind)
) ENGINE = InnoDB, CHARACTER SET utf8mb4, COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS sluice_mail_track_of ON sluice_mail_track (flow, first_at);
CREATE INDEX IF NOT EXISTS sluice_mail_track_at ON sluice_mail_track (first_at);
