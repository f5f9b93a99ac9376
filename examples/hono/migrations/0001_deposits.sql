CREATE TABLE callbacks (key TEXT PRIMARY KEY, processed_at TEXT NOT NULL) STRICT;
CREATE TABLE credits (
  credit_key TEXT PRIMARY KEY, user_id TEXT NOT NULL, currency TEXT NOT NULL, amount TEXT NOT NULL
) STRICT;
