#!/bin/bash
# A restore by mariadb-import from mariadb-dump --tab fires the triggers of the shop: what was sold is sold again.
#
# Expected: the files of mariadb-dump give the tables back as they were. In a dump of one file it writes the triggers of
# a table behind its rows for that purpose.
# What happens: --tab writes the triggers into NAME.sql with the table, so they are there when mariadb-import loads
# NAME.txt, and fire. Each sale is taken off the stock once more: 90 becomes 80, exit code 0. What triggers write into a
# log of changes is doubled likewise, or ends the restore by a duplicate key. mariadb-import --dir, which is new in the
# 11 series, creates the triggers after the rows. With --tab it takes --skip-triggers and a dump of the triggers alone.
# Versions: MariaDB 11.8.9 of Debian 13, server and both programs; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db <<'SQL'
CREATE OR REPLACE DATABASE shop;
USE shop;
CREATE TABLE product (id INT PRIMARY KEY, stock INT);
CREATE TABLE sale (id INT PRIMARY KEY, product INT, quantity INT);
CREATE TRIGGER sold AFTER INSERT ON sale FOR EACH ROW UPDATE product SET stock = stock - NEW.quantity WHERE id = NEW.product;
INSERT INTO product VALUES (1, 100);
INSERT INTO sale VALUES (1, 1, 10);
SQL
stock() { echo "$1: $(sql trixie db -N -e 'SELECT stock FROM shop.product WHERE id = 1')"; }
to=(--no-defaults --socket="$work/db.sock" --user=root)
{
  stock 'in the shop'
  in_suite trixie mariadb-dump "${to[@]}" shop >"$work/shop.sql"
  mkdir -m 777 "$work/tab" "$work/dir"
  in_suite trixie mariadb-dump "${to[@]}" --tab="$work/tab" shop
  in_suite trixie mariadb-dump "${to[@]}" --dir="$work/dir" --databases shop
  { echo 'CREATE OR REPLACE DATABASE shop; USE shop;'; cat "$work/shop.sql"; } | sql trixie db
  stock 'from one file'
  { echo 'CREATE OR REPLACE DATABASE shop; USE shop;'; cat "$work"/tab/*.sql; } | sql trixie db
  in_suite trixie mariadb-import "${to[@]}" --silent shop "$work/tab/product.txt" "$work/tab/sale.txt" && echo 'mariadb-import: exit code 0'
  stock 'from --tab'
  sql trixie db -e 'DROP DATABASE shop'
  in_suite trixie mariadb-import "${to[@]}" --silent --dir="$work/dir" && echo 'mariadb-import --dir: exit code 0'
  stock 'from --dir'
} >"$work/seen"

unchanged <<'END'
in the shop: 90
from one file: 90
mariadb-import: exit code 0
from --tab: 80
mariadb-import --dir: exit code 0
from --dir: 90
END
