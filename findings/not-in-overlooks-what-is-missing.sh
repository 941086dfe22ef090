#!/bin/bash
# SELECT … WHERE amount NOT IN (SELECT …): what is missing is not found, as soon as the list has an index.
#
# Expected: a payment of 19.991 is in no invoice of 19.99, and TEA of a case-sensitive column is not tea. NOT IN names
# both, as NOT EXISTS and a LEFT JOIN do.
# What happens: MariaDB looks each value up in the index of the list ("index_subquery"), for which it becomes a value of
# that column: 19.991 is rounded to 19.99, 10:30:00.400 is cut to 10:30:00, and TEA is looked up without regard to case.
# What is found there is not compared again, so the value counts as present. A search for differences answers that there
# are none. Without the index, and in NOT EXISTS, the values are compared as they are.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t >"$work/seen" <<'SQL'
CREATE TABLE payment (id INT PRIMARY KEY, amount DECIMAL(10,3), paid_at DATETIME(3), sku VARCHAR(10) COLLATE utf8mb4_bin);
CREATE TABLE invoice (id INT PRIMARY KEY, amount DECIMAL(10,2), paid_at DATETIME, sku VARCHAR(10) COLLATE utf8mb4_general_ci, KEY (amount), KEY (paid_at), KEY (sku));
INSERT INTO payment VALUES (1, 19.990, '2026-07-02 10:30:00', 'tea'), (2, 19.991, '2026-07-02 10:30:00.400', 'TEA');
INSERT INTO invoice SELECT seq, 18.99 + seq, '2026-07-02 10:29:00' + INTERVAL seq MINUTE, IF(seq = 1, 'tea', seq) FROM seq_1_to_20;
SELECT id, amount FROM payment WHERE amount NOT IN (SELECT amount FROM invoice);
SELECT id, paid_at FROM payment WHERE paid_at NOT IN (SELECT paid_at FROM invoice);
SELECT id, sku FROM payment WHERE sku NOT IN (SELECT sku FROM invoice);
SELECT 'the same by NOT EXISTS, and without the index:' AS '';
SELECT p.id, p.amount FROM payment p WHERE NOT EXISTS (SELECT * FROM invoice i WHERE i.amount = p.amount);
SELECT id, amount FROM payment WHERE amount NOT IN (SELECT amount FROM invoice IGNORE INDEX (amount));
SELECT id, paid_at FROM payment WHERE paid_at NOT IN (SELECT paid_at FROM invoice IGNORE INDEX (paid_at));
SELECT id, sku FROM payment WHERE sku NOT IN (SELECT sku FROM invoice IGNORE INDEX (sku));
EXPLAIN SELECT id, amount FROM payment WHERE amount NOT IN (SELECT amount FROM invoice);
SQL

unchanged <<'END'
+------------------------------------------------+
|                                                |
+------------------------------------------------+
| the same by NOT EXISTS, and without the index: |
+------------------------------------------------+
+----+--------+
| id | amount |
+----+--------+
|  2 | 19.991 |
+----+--------+
+----+--------+
| id | amount |
+----+--------+
|  2 | 19.991 |
+----+--------+
+----+-------------------------+
| id | paid_at                 |
+----+-------------------------+
|  2 | 2026-07-02 10:30:00.400 |
+----+-------------------------+
+----+------+
| id | sku  |
+----+------+
|  2 | TEA  |
+----+------+
+------+-------------+---------+----------------+---------------+--------+---------+------+------+------------------------------------+
| id   | select_type | table   | type           | possible_keys | key    | key_len | ref  | rows | Extra                              |
+------+-------------+---------+----------------+---------------+--------+---------+------+------+------------------------------------+
|    1 | PRIMARY     | payment | ALL            | NULL          | NULL   | NULL    | NULL | 2    | Using where                        |
|    2 | SUBQUERY    | invoice | index_subquery | amount        | amount | 6       | func | 2    | Using index; Full scan on NULL key |
+------+-------------+---------+----------------+---------------+--------+---------+------+------+------------------------------------+
END
