-- Which mails were opened (kind is opens), and in which somebody clicked (clicks): when first and last, and how often.
CREATE TABLE sluice_mail_track (
  flow text COLLATE "C" NOT NULL,
  message_id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  first_at bigint NOT NULL,
  last_at bigint NOT NULL,
  times bigint NOT NULL,
  PRIMARY KEY (message_id, kind)
);

CREATE INDEX sluice_mail_track_of ON sluice_mail_track (flow, first_at);
CREATE INDEX sluice_mail_track_at ON sluice_mail_track (first_at);
