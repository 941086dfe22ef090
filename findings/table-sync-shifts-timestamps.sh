#!/bin/bash
# pt-table-sync shifts every TIMESTAMP by hours between servers of different time zones, and then calls the tables equal;
# pt-archiver does the same to what it moves.
#
# Expected: a TIMESTAMP is a moment, the same in Berlin and in UTC, and replication keeps it. Of two equal rows
# pt-table-sync changes none, and of a row with another amount it changes the amount.
# What happens: it reads and compares the text of the time on each server, in the time zone of that server, and writes
# the text of the one into the other. Both rows are "repaired": the payment of 10:00 UTC is one of 12:00 UTC after that.
# A second run finds no difference (exit code 0). pt-archiver writes the same text into the archive, and deletes the
# original. Neither sets a time zone, and their manuals do not mention one; --set-vars "time_zone='+00:00'" keeps the
# moments.
# Versions: percona-toolkit 3.2.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 percona-toolkit=3.2.1-1
server trixie berlin --default-time-zone=+02:00
server trixie utc --default-time-zone=+00:00

table='CREATE OR REPLACE TABLE payment (id INT PRIMARY KEY, paid_at TIMESTAMP, amount DECIMAL(8,2))'
sql trixie berlin -e "$table; INSERT INTO payment VALUES (1, FROM_UNIXTIME(1782900000), 5), (2, FROM_UNIXTIME(1782900000), 6)"
fresh() { sql trixie utc -e "$table; INSERT INTO payment VALUES (1, FROM_UNIXTIME(1782900000), 5), (2, FROM_UNIXTIME(1782900000), 7)"; }
moments() { sql trixie utc -t -e 'SELECT id, paid_at, UNIX_TIMESTAMP(paid_at) - 1782900000 AS off_by, amount FROM payment ORDER BY id'; }
sync() {
  perl_tool trixie pt-table-sync --execute --no-check-triggers "$@" "F=/dev/null,S=$work/berlin.sock,u=root,D=test,t=payment" "F=/dev/null,S=$work/utc.sock,u=root" && echo 'pt-table-sync: no difference' ||
    echo "pt-table-sync: exit code $?, differences"
}
{
  fresh
  moments
  sync
  moments
  sync
  fresh
  sync --set-vars "time_zone='+00:00'"
  moments
  sql trixie utc -e 'DELETE FROM payment'
  perl_tool trixie pt-archiver --source "F=/dev/null,S=$work/berlin.sock,u=root,D=test,t=payment" --dest "F=/dev/null,S=$work/utc.sock,u=root" --where 1=1 --no-check-charset \
    --nosafe-auto-increment && echo 'pt-archiver: exit code 0'
  moments
} >"$work/seen"

unchanged <<'END'
+----+---------------------+--------+--------+
| id | paid_at             | off_by | amount |
+----+---------------------+--------+--------+
|  1 | 2026-07-01 10:00:00 |      0 |   5.00 |
|  2 | 2026-07-01 10:00:00 |      0 |   7.00 |
+----+---------------------+--------+--------+
pt-table-sync: exit code 2, differences
+----+---------------------+--------+--------+
| id | paid_at             | off_by | amount |
+----+---------------------+--------+--------+
|  1 | 2026-07-01 12:00:00 |   7200 |   5.00 |
|  2 | 2026-07-01 12:00:00 |   7200 |   6.00 |
+----+---------------------+--------+--------+
pt-table-sync: no difference
pt-table-sync: exit code 2, differences
+----+---------------------+--------+--------+
| id | paid_at             | off_by | amount |
+----+---------------------+--------+--------+
|  1 | 2026-07-01 10:00:00 |      0 |   5.00 |
|  2 | 2026-07-01 10:00:00 |      0 |   6.00 |
+----+---------------------+--------+--------+
pt-archiver: exit code 0
+----+---------------------+--------+--------+
| id | paid_at             | off_by | amount |
+----+---------------------+--------+--------+
|  1 | 2026-07-01 12:00:00 |   7200 |   5.00 |
|  2 | 2026-07-01 12:00:00 |   7200 |   6.00 |
+----+---------------------+--------+--------+
END
