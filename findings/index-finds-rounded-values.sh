#!/bin/bash
# SELECT … WHERE quantity = 1.5 finds the rows with 2, if the column has an index; DELETE with the same WHERE finds none.
#
# Expected: no INT is 1.5, and no DECIMAL(8,2) is 19.994, so nothing is found, with and without an index.
# What happens: where the index is read by key (type "ref"), the value is rounded to one of the column first, and the
# rows that are found are not compared again. A search for 19.994 finds the payment of 19.99, one for 10:30:00.4 finds
# the one at 10:30:00, and a number sent as text does the same. Without the index, in DELETE and UPDATE, and in a join,
# the comparison is exact.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t >"$work/seen" <<'SQL'
CREATE TABLE line (id INT PRIMARY KEY, quantity INT, price DECIMAL(8,2), paid_at DATETIME, KEY (quantity), KEY (price), KEY (paid_at));
INSERT INTO line SELECT seq, seq % 5, 19.97 + seq / 100, '2026-07-02 10:28:00' + INTERVAL seq MINUTE FROM seq_1_to_10;
SELECT id, quantity FROM line WHERE quantity = 1.5;
SELECT id, quantity FROM line WHERE quantity = '1.5';
SELECT id, price FROM line WHERE price = 19.994;
SELECT id, paid_at FROM line WHERE paid_at = '2026-07-02 10:30:00.4';
EXPLAIN SELECT * FROM line WHERE quantity = 1.5;
SELECT (SELECT COUNT(*) FROM line IGNORE INDEX (quantity) WHERE quantity = 1.5) AS quantity, (SELECT COUNT(*) FROM line IGNORE INDEX (price) WHERE price = 19.994) AS price,
  (SELECT COUNT(*) FROM line IGNORE INDEX (paid_at) WHERE paid_at = '2026-07-02 10:30:00.4') AS paid_at;
DELETE FROM line WHERE quantity = 1.5;
SELECT ROW_COUNT() AS deleted;
SQL

unchanged <<'END'
+----+----------+
| id | quantity |
+----+----------+
|  2 |        2 |
|  7 |        2 |
+----+----------+
+----+----------+
| id | quantity |
+----+----------+
|  2 |        2 |
|  7 |        2 |
+----+----------+
+----+-------+
| id | price |
+----+-------+
|  2 | 19.99 |
+----+-------+
+----+---------------------+
| id | paid_at             |
+----+---------------------+
|  2 | 2026-07-02 10:30:00 |
+----+---------------------+
+------+-------------+-------+------+---------------+----------+---------+-------+------+-------+
| id   | select_type | table | type | possible_keys | key      | key_len | ref   | rows | Extra |
+------+-------------+-------+------+---------------+----------+---------+-------+------+-------+
|    1 | SIMPLE      | line  | ref  | quantity      | quantity | 5       | const | 2    |       |
+------+-------------+-------+------+---------------+----------+---------+-------+------+-------+
+----------+-------+---------+
| quantity | price | paid_at |
+----------+-------+---------+
|        0 |     0 |       0 |
+----------+-------+---------+
+---------+
| deleted |
+---------+
|       0 |
+---------+
END
