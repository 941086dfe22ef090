#!/bin/bash
# mariadb-dump --tab and mariadb-import back: every TIMESTAMP is shifted by the offset of the server's time zone.
#
# Expected: mariadb-dump --tab writes NAME.sql and NAME.txt, which the client and mariadb-import read; the table is then
# what it was, as with mariadb-dump's other forms.
# What happens: mariadb-dump reads in UTC (--tz-utc is on), so the .txt holds UTC. It says so in the .sql only, which
# ends by setting the zone back. mariadb-import does not set the zone, so the server takes the times for local ones:
# 12:00 becomes 10:00 in a zone two hours east of Greenwich, with exit code 0. DATETIME columns of the same rows stay.
# mariadb-import --dir, which is new in the 11 series, restores 12:00 from the same sort of files.
# Versions: MariaDB 11.8.9 of Debian 13, server and both programs (10.11.19 of Debian 12 did the same); seen on
# 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db --default-time-zone=+02:00

tool() {
  local program=$1
  shift
  in_suite trixie "$program" --no-defaults --socket="$work/db.sock" --user=root "$@"
}

sql trixie db -e "CREATE TABLE sale (id INT PRIMARY KEY, paid_at TIMESTAMP, due DATETIME); INSERT INTO sale VALUES (1, '2026-07-01 12:00:00', '2026-07-15 12:00:00')"
mkdir "$work/tab" "$work/dir"
chmod 777 "$work/tab" "$work/dir"
tool mariadb-dump --tab="$work/tab" test sale
tool mariadb-dump --dir="$work/dir" --databases test
{
  sql trixie db -t -e 'SELECT * FROM sale'
  sql trixie db <"$work/tab/sale.sql"
  tool mariadb-import test "$work/tab/sale.txt"
  sql trixie db -t -e 'SELECT * FROM sale'
  tool mariadb-import --dir="$work/dir" --database=test
  sql trixie db -t -e 'SELECT * FROM sale'
} >"$work/seen"

unchanged <<'END'
+----+---------------------+---------------------+
| id | paid_at             | due                 |
+----+---------------------+---------------------+
|  1 | 2026-07-01 12:00:00 | 2026-07-15 12:00:00 |
+----+---------------------+---------------------+
test.sale: Records: 1  Deleted: 0  Skipped: 0  Warnings: 0
+----+---------------------+---------------------+
| id | paid_at             | due                 |
+----+---------------------+---------------------+
|  1 | 2026-07-01 10:00:00 | 2026-07-15 12:00:00 |
+----+---------------------+---------------------+
test.sale: Records: 1  Deleted: 0  Skipped: 0  Warnings: 0
+----+---------------------+---------------------+
| id | paid_at             | due                 |
+----+---------------------+---------------------+
|  1 | 2026-07-01 12:00:00 | 2026-07-15 12:00:00 |
+----+---------------------+---------------------+
END
