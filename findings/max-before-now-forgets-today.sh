#!/bin/bash
# SELECT MAX(day) … WHERE day < NOW() answers yesterday, if the column has an index, although today is in the table.
#
# Expected: a DATE is the midnight at which it begins, so today is before half past ten of today; DATETIME and DECIMAL
# columns are compared with a finer value as it is. ORDER BY … DESC LIMIT 1, and MAX() without the index, say so.
# What happens: with an index MAX() and MIN() are looked up while the statement is prepared ("Select tables optimized
# away"), and for that the limit is first made a value of the column: 10:30 of a day becomes the day, which is not less
# than itself. The last day before NOW() is yesterday or NULL. The last payment before a Date of JavaScript, which has
# milliseconds, is not the one in the same second, and the least price from 19.991 on is 19.99, against its own WHERE.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t >"$work/seen" <<'SQL'
SET timestamp = UNIX_TIMESTAMP('2026-07-02 10:30:00');
CREATE TABLE revenue (day DATE, amount INT, KEY (day));
INSERT INTO revenue VALUES ('2026-07-01', 100), ('2026-07-02', 200);
SELECT (SELECT MAX(day) FROM revenue WHERE day < NOW()) AS by_index, (SELECT MAX(day) FROM revenue IGNORE INDEX (day) WHERE day < NOW()) AS without_index,
  (SELECT day FROM revenue WHERE day < NOW() ORDER BY day DESC LIMIT 1) AS sorted;
EXPLAIN SELECT MAX(day) FROM revenue WHERE day < NOW();

CREATE TABLE payment (paid_at DATETIME, price DECIMAL(8,2), KEY (paid_at), KEY (price));
INSERT INTO payment VALUES ('2026-07-02 10:30:00', 19.99), ('2026-07-02 10:31:00', 20);
SELECT (SELECT MAX(paid_at) FROM payment WHERE paid_at < '2026-07-02 10:30:00.400') AS by_index,
  (SELECT MAX(paid_at) FROM payment IGNORE INDEX (paid_at) WHERE paid_at < '2026-07-02 10:30:00.400') AS without_index;
SELECT (SELECT MIN(price) FROM payment WHERE price >= 19.991) AS by_index, (SELECT MIN(price) FROM payment IGNORE INDEX (price) WHERE price >= 19.991) AS without_index;
SQL

unchanged <<'END'
+------------+---------------+------------+
| by_index   | without_index | sorted     |
+------------+---------------+------------+
| 2026-07-01 | 2026-07-02    | 2026-07-02 |
+------------+---------------+------------+
+------+-------------+-------+------+---------------+------+---------+------+------+------------------------------+
| id   | select_type | table | type | possible_keys | key  | key_len | ref  | rows | Extra                        |
+------+-------------+-------+------+---------------+------+---------+------+------+------------------------------+
|    1 | SIMPLE      | NULL  | NULL | NULL          | NULL | NULL    | NULL | NULL | Select tables optimized away |
+------+-------------+-------+------+---------------+------+---------+------+------+------------------------------+
+----------+---------------------+
| by_index | without_index       |
+----------+---------------------+
| NULL     | 2026-07-02 10:30:00 |
+----------+---------------------+
+----------+---------------+
| by_index | without_index |
+----------+---------------+
|    19.99 |         20.00 |
+----------+---------------+
END
