-- An address with an international domain is stored as typed, and compared by the ASCII form of its domain (RFC 3492).
-- The collation of the column ignores accents, so it cannot tell two domains apart.

ALTER TABLE users
  ADD COLUMN email_ascii VARCHAR(255) COMMENT 'the ASCII form of an email with an international domain; otherwise NULL',
  ADD COLUMN email_key VARCHAR(255) COLLATE utf8mb4_bin AS (LOWER(COALESCE(email_ascii, email))) PERSISTENT INVISIBLE,
  ADD UNIQUE KEY email_key (email_key),
  ADD KEY idx_user_email (email),
  DROP KEY email;
