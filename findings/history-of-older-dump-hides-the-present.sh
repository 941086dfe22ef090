#!/bin/bash
# mariadb-dump --dump-history of MariaDB 10.11, restored into 11.8: the table is empty, and every row is in its history.
#
# Expected: --dump-history (10.11 and later) writes the rows of a system-versioned table with their times, and a newer
# server restores the present as the present.
# What happens: a row that is valid now ends at the last moment that a server knows, which the dump holds as
# 2038-01-19 03:14:07.999999. For MariaDB 11.5 and later that moment lies in 2106, so the restored rows are to end in
# 2038. SELECT and UPDATE find none of them, the unique key does not know them, and FOR SYSTEM_TIME AS OF NOW() shows
# them until 2038. No error, no warning, exit code 0. mariadb-dump of 11.8 has --update-history for a dump from an older
# server, which its --help mentions; the dump that exists already, of 10.11's own program, has no such remedy.
# Versions: MariaDB 10.11.19 of Debian 12 and 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 mariadb-client=1:10.11.19-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server bookworm old
server trixie new

sql bookworm old -e "CREATE TABLE price (sku VARCHAR(10) PRIMARY KEY, amount DECIMAL(8,2)) WITH SYSTEM VERSIONING; INSERT INTO price VALUES ('CUP', 2), ('TEA', 3); UPDATE price SET amount = 4 WHERE sku = 'TEA'"
in_suite bookworm mariadb-dump --no-defaults --socket="$work/old.sock" --user=root --dump-history test price >"$work/dump.sql"
{
  sql trixie new <"$work/dump.sql" && echo 'restored: exit code 0'
  sql bookworm old -t -e 'SELECT * FROM price ORDER BY sku'
  sql trixie new -t <<'SQL'
SELECT COUNT(*) FROM price;
UPDATE price SET amount = 5;
SELECT ROW_COUNT() AS updated;
SELECT sku, amount, YEAR(ROW_END) FROM price FOR SYSTEM_TIME ALL ORDER BY sku, amount;
INSERT INTO price VALUES ('CUP', 9);
SELECT sku, amount FROM price FOR SYSTEM_TIME AS OF NOW(6) ORDER BY sku, amount;
SQL
} >"$work/seen" 2>&1

unchanged <<'END'
restored: exit code 0
+-----+--------+
| sku | amount |
+-----+--------+
| CUP |   2.00 |
| TEA |   4.00 |
+-----+--------+
+----------+
| COUNT(*) |
+----------+
|        0 |
+----------+
+---------+
| updated |
+---------+
|       0 |
+---------+
+-----+--------+---------------+
| sku | amount | YEAR(ROW_END) |
+-----+--------+---------------+
| CUP |   2.00 |          2038 |
| TEA |   3.00 |          2026 |
| TEA |   4.00 |          2038 |
+-----+--------+---------------+
+-----+--------+
| sku | amount |
+-----+--------+
| CUP |   2.00 |
| CUP |   9.00 |
| TEA |   4.00 |
+-----+--------+
END
