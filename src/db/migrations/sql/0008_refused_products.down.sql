-- Takes back the statements of the up file, the last one first.
ALTER TABLE products ALTER COLUMN IF EXISTS refused_at DROP DEFAULT;
ALTER TABLE products DROP COLUMN IF EXISTS refused_at;
