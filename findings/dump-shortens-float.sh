#!/bin/bash
# mariadb-dump and back: the numbers of a FLOAT column are not the ones that were dumped.
#
# Expected: a logical dump, restored, holds the same values, and CHECKSUM TABLE says so.
# What happens: the text form of a FLOAT has six significant digits and that is what mariadb-dump writes, although nine
# would be needed to get every FLOAT back (a DOUBLE is written with as many as it needs and does come back). 16777216
# is restored as 16777200, 123456.79 as 123457. There is no warning, CHECKSUM TABLE differs, and an equality that found
# a row before finds none.
# Versions: MariaDB 11.8.9 of Debian 13, server and mariadb-dump (10.11.19 of Debian 12 did the same); seen on
# 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db <<'SQL'
CREATE TABLE measured (id INT PRIMARY KEY, f FLOAT, d DOUBLE);
INSERT INTO measured VALUES (1, 16777216, 16777216), (2, 123456.79, 123456.79), (3, PI(), PI()), (4, 0.5, 0.5);
CREATE DATABASE restored;
SQL
in_suite trixie mariadb-dump --no-defaults --socket="$work/db.sock" --user=root test >"$work/dump.sql"
{ echo 'USE restored;' && cat "$work/dump.sql"; } | sql trixie db
sql trixie db -t >"$work/seen" <<'SQL'
SELECT id, CAST(was.f AS DOUBLE) AS f, CAST(now.f AS DOUBLE) AS f_restored, was.d = now.d AS d_is_the_same FROM test.measured was JOIN restored.measured now USING (id);
SELECT (SELECT COUNT(*) FROM test.measured WHERE f = 16777216) AS found, (SELECT COUNT(*) FROM restored.measured WHERE f = 16777216) AS found_in_restored;
CHECKSUM TABLE test.measured, restored.measured;
SQL

unchanged <<'END'
+----+--------------------+-------------------+---------------+
| id | f                  | f_restored        | d_is_the_same |
+----+--------------------+-------------------+---------------+
|  1 |           16777216 |          16777200 |             1 |
|  2 |     123456.7890625 |            123457 |             1 |
|  3 | 3.1415927410125732 | 3.141590118408203 |             1 |
|  4 |                0.5 |               0.5 |             1 |
+----+--------------------+-------------------+---------------+
+-------+-------------------+
| found | found_in_restored |
+-------+-------------------+
|     1 |                 0 |
+-------+-------------------+
+-------------------+------------+
| Table             | Checksum   |
+-------------------+------------+
| test.measured     | 1550797172 |
| restored.measured | 3296343232 |
+-------------------+------------+
END
