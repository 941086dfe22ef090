#!/bin/bash
# JSON_ARRAYAGG beyond one megabyte: rows are missing and the last value is half a value, and still it is valid JSON.
#
# Expected: the manual says that group_concat_max_len limits the length of the result. A text that is cut at a length
# is not JSON any more, so whoever parses it would notice; and JSON_OBJECTAGG would behave alike.
# What happens: the cut array is closed properly. Of 1,200 texts of 1,000 characters 1,046 are in it, the last of them
# with 439 characters. JSON_VALID says 1, and only a warning (1260), which connectors do not raise, says that something
# was cut. JSON_OBJECTAGG of the same rows is complete. In INSERT … SELECT the cut is an error in strict mode.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t --force >"$work/seen" 2>"$work/refused" <<'SQL' || true
CREATE TABLE page (id INT PRIMARY KEY, body TEXT);
INSERT INTO page SELECT seq, REPEAT('x', 1000) FROM seq_1_to_1200;
SELECT @@group_concat_max_len, COUNT(*) AS page, SUM(LENGTH(body)) AS bytes FROM page;
SELECT JSON_VALID(a) AS valid, JSON_LENGTH(a) AS elements, LENGTH(JSON_VALUE(a, '$[0]')) AS first_is, LENGTH(JSON_VALUE(a, '$[last]')) AS last_is FROM (SELECT JSON_ARRAYAGG(body) AS a FROM page) t;
SHOW WARNINGS;
SELECT JSON_VALID(o) AS valid, JSON_LENGTH(o) AS elements FROM (SELECT JSON_OBJECTAGG(id, body) AS o FROM page) t;
CREATE TABLE kept (a LONGTEXT);
INSERT INTO kept SELECT JSON_ARRAYAGG(body) FROM page;
SQL
grep ^ERROR "$work/refused" >>"$work/seen" || true

unchanged <<'END'
+------------------------+------+---------+
| @@group_concat_max_len | page | bytes   |
+------------------------+------+---------+
|                1048576 | 1200 | 1200000 |
+------------------------+------+---------+
+-------+----------+----------+---------+
| valid | elements | first_is | last_is |
+-------+----------+----------+---------+
|     1 |     1046 |     1000 |     439 |
+-------+----------+----------+---------+
+---------+------+-------------------------------------+
| Level   | Code | Message                             |
+---------+------+-------------------------------------+
| Warning | 1260 | Row 1046 was cut by json_arrayagg() |
+---------+------+-------------------------------------+
+-------+----------+
| valid | elements |
+-------+----------+
|     1 |     1200 |
+-------+----------+
ERROR 1260 (HY000) at line 8: Row 1046 was cut by json_arrayagg()
END
