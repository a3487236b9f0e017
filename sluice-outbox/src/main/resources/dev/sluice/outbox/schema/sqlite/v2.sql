-- Occurrences that went out in shadow, where the rule would have held them: beside the books.
ALTER TABLE sluice_books ADD COLUMN n_shadowed INTEGER NOT NULL DEFAULT 0;

-- How many of the held ones of a tally a budget tells. tally is the number of the tally that waited to be told when they
-- were held, 0 if none did: it is below the number of their own tally, and not below that of the one before.
CREATE TABLE sluice_budget_told (
  key_text TEXT NOT NULL,
  tally INTEGER NOT NULL,
  budget TEXT NOT NULL,
  held INTEGER NOT NULL,
  PRIMARY KEY (key_text, tally, budget)
) STRICT, WITHOUT ROWID;

-- Where the digest of a budget goes: the channels over which something was refused, and to whom if the budget is one of
-- recipients.
CREATE TABLE sluice_budget_target (
  key_text TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  PRIMARY KEY (key_text, channel, recipient)
) STRICT, WITHOUT ROWID;
