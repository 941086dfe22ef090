-- Each statement takes back one of the up file, in reverse order: after k statements up, the last k of these are run.
-- IF EXISTS: the last of them may not have taken place, or be taken back already.
DROP TABLE IF EXISTS logs;
DROP TABLE IF EXISTS order_items;
DROP TABLE IF EXISTS orders;
DROP TABLE IF EXISTS products;
DROP TABLE IF EXISTS addresses;
DROP TABLE IF EXISTS users;
