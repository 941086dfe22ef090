#!/bin/bash
# A dump of MariaDB 11.8, restored into 10.11, turns a TIMESTAMP of 2040 into 0000-00-00 with exit code 0.
#
# Expected: TIMESTAMP reaches the year 2106 from MariaDB 11.5 on, and 2038 before, so the older server refuses the value:
# its default sql_mode is strict, and an INSERT of one's own fails with error 1292.
# What happens: a dump sets its own sql_mode, without STRICT_TRANS_TABLES, so the value is replaced with a warning that
# the client does not show. Even a column that is NOT NULL holds 0000-00-00 00:00:00 then, the restore ends with exit
# code 0, and the row looks as if its warranty had ended. DATETIME is restored as it was.
# Versions: MariaDB 11.8.9 of Debian 13 with its mariadb-dump, MariaDB 10.11.19 of Debian 12; seen on 2026-11-28, output
# at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1
server trixie newer
server bookworm older

sql trixie newer <<'SQL'
CREATE TABLE warranty (id INT PRIMARY KEY, until TIMESTAMP NOT NULL, until_datetime DATETIME NOT NULL) DEFAULT COLLATE utf8mb4_general_ci;
INSERT INTO warranty VALUES (1, '2030-06-01 12:00:00', '2030-06-01 12:00:00'), (2, '2040-06-01 12:00:00', '2040-06-01 12:00:00');
SQL
in_suite trixie mariadb-dump --no-defaults --socket="$work/newer.sock" --user=root test warranty >"$work/dump.sql"
sql bookworm older <"$work/dump.sql" >"$work/seen" 2>&1 && echo "restored, exit code $?" >>"$work/seen"
sql bookworm older -t --force -e "SELECT * FROM warranty; INSERT INTO warranty VALUES (3, '2040-06-01 12:00:00', '2040-06-01 12:00:00')" 2>&1 | grep -v '^-*$\|^INSERT' >>"$work/seen"

unchanged <<'END'
restored, exit code 0
+----+---------------------+---------------------+
| id | until               | until_datetime      |
+----+---------------------+---------------------+
|  1 | 2030-06-01 12:00:00 | 2030-06-01 12:00:00 |
|  2 | 0000-00-00 00:00:00 | 2040-06-01 12:00:00 |
+----+---------------------+---------------------+
ERROR 1292 (22007) at line 1: Incorrect datetime value: '2040-06-01 12:00:00' for column `test`.`warranty`.`until` at row 1
END
