-- IF EXISTS: this also takes back a migration that stopped half-way.
DROP TABLE IF EXISTS logs;
DROP TABLE IF EXISTS order_items;
DROP TABLE IF EXISTS orders;
DROP TABLE IF EXISTS products;
DROP TABLE IF EXISTS addresses;
DROP TABLE IF EXISTS users;
