#!/bin/bash
# mariadb-import gives the row with id 0 another id: the orders of the guest belong to nobody after a restore, exit code
# 0.
#
# Expected: a table restored from mariadb-dump --tab or --dir is what it was. Many shops have a row 0, for the guest or
# for the administration, as Magento has in its table of stores, and mariadb-dump sets NO_AUTO_VALUE_ON_ZERO for it in a
# dump of one file.
# What happens: for an AUTO_INCREMENT column, 0 in the file means "the next number", and mariadb-import does not set
# that mode. The row becomes 8. From --dir the orders of the guest then refer to nothing, although there is a foreign
# key, as its checks are off; the files of --tab end with an error of that key, or with the same result where there is
# none. No option of mariadb-import helps, only the mode as the global one of the server.
# Versions: MariaDB 11.8.9 of Debian 13, server and both programs; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db <<'SQL'
CREATE DATABASE shop;
USE shop;
SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO');
CREATE TABLE customer (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT NOT NULL, FOREIGN KEY (customer_id) REFERENCES customer (id));
INSERT INTO customer VALUES (0, 'Guest'), (7, 'Ann');
INSERT INTO orders VALUES (1, 0), (2, 7);
SQL
to=(--no-defaults --socket="$work/db.sock" --user=root)
show() { sql trixie db -N -e "SELECT '$1', orders.id, customer_id, customer.id, name FROM shop.orders LEFT JOIN shop.customer ON customer.id = customer_id; SELECT '$1', 'customers', GROUP_CONCAT(id, ' ', name ORDER BY id) FROM shop.customer"; }
{
  mkdir -m 777 "$work/tab" "$work/dir"
  in_suite trixie mariadb-dump "${to[@]}" shop >"$work/shop.sql"
  in_suite trixie mariadb-dump "${to[@]}" --tab="$work/tab" shop
  in_suite trixie mariadb-dump "${to[@]}" --dir="$work/dir" --databases shop
  { echo 'SET foreign_key_checks = 0; CREATE OR REPLACE DATABASE shop; USE shop;'; cat "$work/shop.sql"; } | sql trixie db
  show 'one file'
  { echo 'SET foreign_key_checks = 0; CREATE OR REPLACE DATABASE shop; USE shop;'; cat "$work"/tab/*.sql; } | sql trixie db
  in_suite trixie mariadb-import "${to[@]}" --silent shop "$work/tab/customer.txt" "$work/tab/orders.txt" 2>&1 | sed 's/.* Error: \([0-9]*\).* table: /mariadb-import: error \1, table /'
  show '--tab'
  sql trixie db -e 'SET foreign_key_checks = 0; DROP DATABASE shop'
  in_suite trixie mariadb-import "${to[@]}" --silent --dir="$work/dir" && echo 'mariadb-import --dir: exit code 0'
  show '--dir'
  sql trixie db -e 'SET foreign_key_checks = 0; DROP DATABASE shop'
  sql trixie db -e "SET GLOBAL sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')"
  in_suite trixie mariadb-import "${to[@]}" --silent --dir="$work/dir" && echo 'mariadb-import --dir: exit code 0'
  show '--dir, global mode'
} >"$work/seen"

unchanged <<'END'
one file	1	0	0	Guest
one file	2	7	7	Ann
one file	customers	0 Guest,7 Ann
mariadb-import: error 1452, table orders
--tab	customers	7 Ann,8 Guest
mariadb-import --dir: exit code 0
--dir	1	0	NULL	NULL
--dir	2	7	7	Ann
--dir	customers	7 Ann,8 Guest
mariadb-import --dir: exit code 0
--dir, global mode	1	0	0	Guest
--dir, global mode	2	7	7	Ann
--dir, global mode	customers	0 Guest,7 Ann
END
