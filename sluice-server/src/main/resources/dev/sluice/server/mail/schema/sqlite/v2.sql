-- Which mails were opened (kind is opens), and in which somebody clicked (clicks): when first and last, and how often.
CREATE TABLE sluice_mail_track (
  flow TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (message_id, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX sluice_mail_track_of ON sluice_mail_track (flow, first_at);
CREATE INDEX sluice_mail_track_at ON sluice_mail_track (first_at);
