#!/bin/bash
# DATE_FORMAT(…, '%FT%T%z') of a TIMESTAMP writes one and the same offset for both hours when the clock goes back, so
# sales of an hour move by an hour.
#
# Expected: a TIMESTAMP is a moment, and its local time with the offset (%z, new in 11.3) names that moment, also where
# the local time alone does not. 00:30 UTC is 02:30+0200 in Berlin on that night, and 01:30 UTC is 02:30+0100.
# What happens: the function gets the local time, and looks the offset up by that: 02:30+0200 for both, %Z likewise. A
# reader of the export puts the later sale an hour earlier, before others that it followed. FROM_UNIXTIME with a format
# does the same, although it is given the moment. UNIX_TIMESTAMP of the column is right.
# Versions: MariaDB 11.8.9 of Debian 13 (with tzdata 2026f of Debian); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1 tzdata=2026f-0+deb13u1
server trixie db
in_suite trixie mariadb-tzinfo-to-sql "$work/trixie/usr/share/zoneinfo" 2>/dev/null | in_suite trixie mariadb --no-defaults --socket="$work/db.sock" --user=root mysql

sql trixie db -t >"$work/seen" <<'SQL'
SET time_zone = '+00:00';
CREATE TABLE sale (id INT PRIMARY KEY, paid_at TIMESTAMP);
INSERT INTO sale VALUES (1, '2026-10-25 00:30:00'), (2, '2026-10-25 00:45:00'), (3, '2026-10-25 01:30:00'), (4, '2026-10-25 02:30:00');
CREATE TABLE utc AS SELECT id, TIME(paid_at) AS utc FROM sale;
SET time_zone = 'Europe/Berlin';
SELECT id, utc, DATE_FORMAT(paid_at, '%Y-%m-%dT%T%z') AS exported, FROM_UNIXTIME(UNIX_TIMESTAMP(paid_at), '%T%z %Z') AS from_unixtime FROM sale JOIN utc USING (id) ORDER BY id;
SQL

unchanged <<'END'
+----+----------+--------------------------+--------------------+
| id | utc      | exported                 | from_unixtime      |
+----+----------+--------------------------+--------------------+
|  1 | 00:30:00 | 2026-10-25T02:30:00+0200 | 02:30:00+0200 CEST |
|  2 | 00:45:00 | 2026-10-25T02:45:00+0200 | 02:45:00+0200 CEST |
|  3 | 01:30:00 | 2026-10-25T02:30:00+0200 | 02:30:00+0200 CEST |
|  4 | 02:30:00 | 2026-10-25T03:30:00+0100 | 03:30:00+0100 CET  |
+----+----------+--------------------------+--------------------+
END
