#!/bin/bash
# The CONNECT engine finds the columns of a CSV file by itself, and then reads the price 100 as 99.999.
#
# Expected: a table without columns of its own takes them from the file, with types that hold every value of it.
# What happens: the width of a number is its longest text, and its decimals are the most that occur: 19.99, 1.005 and
# 100 give DOUBLE(5,3), which ends at 99.999. The value is replaced with a warning that a client does not show unless it
# is asked; SUM is wrong by the difference. The SKU 00123 becomes 123, and an empty stock 0. With columns of one's own
# (DECIMAL(9,3), VARCHAR, NULL allowed) the same file is read exactly.
# Versions: MariaDB 11.8.9 of Debian 13 and its mariadb-plugin-connect; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-plugin-connect=1:11.8.9+ds-0+deb13u1
server trixie db --plugin-load=ha_connect

printf '%s\n' sku,name,price,stock 00123,Lamp,19.99,5 00124,Pipe,1.005, 00125,Desk,100,7 >"$work/products.csv"
sql trixie db -t >"$work/seen" <<SQL
CREATE TABLE found ENGINE=CONNECT TABLE_TYPE=CSV FILE_NAME='$work/products.csv' HEADER=1;
CREATE TABLE declared (sku VARCHAR(10) NOT NULL, name VARCHAR(20) NOT NULL, price DECIMAL(9,3) NOT NULL, stock INT) ENGINE=CONNECT TABLE_TYPE=CSV FILE_NAME='$work/products.csv' HEADER=1;
SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = 'test' AND table_name = 'found';
SELECT * FROM found;
SHOW WARNINGS;
SELECT SUM(price), SUM(price * stock) FROM found;
SELECT * FROM declared;
SELECT SUM(price), SUM(price * stock) FROM declared;
SQL

unchanged <<'END'
+-------------+-------------+
| column_name | column_type |
+-------------+-------------+
| sku         | int(5)      |
| name        | char(4)     |
| price       | double(5,3) |
| stock       | int(1)      |
+-------------+-------------+
+-----+------+--------+-------+
| sku | name | price  | stock |
+-----+------+--------+-------+
| 123 | Lamp | 19.990 |     5 |
| 124 | Pipe |  1.005 |     0 |
| 125 | Desk | 99.999 |     7 |
+-----+------+--------+-------+
+---------+------+--------------------------------------------------------+
| Level   | Code | Message                                                |
+---------+------+--------------------------------------------------------+
| Warning | 1105 | Out of range value 100.000 for column 'price' at row 3 |
+---------+------+--------------------------------------------------------+
+------------+--------------------+
| SUM(price) | SUM(price * stock) |
+------------+--------------------+
|    120.994 |            799.943 |
+------------+--------------------+
+-------+------+---------+-------+
| sku   | name | price   | stock |
+-------+------+---------+-------+
| 00123 | Lamp |  19.990 |     5 |
| 00124 | Pipe |   1.005 |  NULL |
| 00125 | Desk | 100.000 |     7 |
+-------+------+---------+-------+
+------------+--------------------+
| SUM(price) | SUM(price * stock) |
+------------+--------------------+
|    120.995 |            799.950 |
+------------+--------------------+
END
