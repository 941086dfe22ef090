-- Takes back the statement of the up file.
DROP TABLE IF EXISTS order_refusals;
