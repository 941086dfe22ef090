-- Takes back the statement of the up file.
ALTER TABLE products DROP COLUMN IF EXISTS refused_at;
