-- Each statement takes back one of the up file, in reverse order.
ALTER TABLE users
  ADD UNIQUE KEY IF NOT EXISTS email (email),
  DROP KEY IF EXISTS idx_user_email,
  DROP KEY IF EXISTS email_key,
  DROP COLUMN IF EXISTS email_key,
  DROP COLUMN IF EXISTS email_ascii;
