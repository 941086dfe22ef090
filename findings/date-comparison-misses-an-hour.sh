#!/bin/bash
# WHERE DATE(paid_at) = '2026-04-04' leaves out the sales of an hour, where the clock goes back at midnight.
#
# Expected: a day of a report has the rows for which DATE() gives this day, as GROUP BY DATE() counts them.
# What happens: since 11.1 MariaDB turns a comparison with DATE(column) into a range of the column, which ends at
# 23:59:59. In Chile the 4th of April 2026 has this time twice, and in an index the range ends at the first of them. The
# six sales of the second hour belong neither to the days up to the 4th nor to those after it: of 100 sales 94 are left.
# Without the index, by a comparison that cannot be turned (DATE(paid_at) + INTERVAL 0 DAY), and in MariaDB 10.11 they
# are all there. Egypt, Lebanon and Greenland change their clocks before midnight, too.
# Versions: MariaDB 11.8.9 and tzdata 2026f of Debian 13, MariaDB 10.11.19 of Debian 12; seen on 2026-11-29, output at
# the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1 tzdata=2026f-0+deb13u1
debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1
server trixie new
server bookworm old

in_suite trixie mariadb-tzinfo-to-sql "$work/trixie/usr/share/zoneinfo/America/Santiago" America/Santiago >"$work/zone.sql"
for at in 'trixie new' 'bookworm old'; do
  # shellcheck disable=SC2086 # suite and name
  { echo 'USE mysql;'; cat "$work/zone.sql"; } | sql $at
  # shellcheck disable=SC2086
  sql $at -t <<'SQL'
CREATE TABLE sale (id INT PRIMARY KEY, paid_at TIMESTAMP, KEY (paid_at));
SET time_zone = '+00:00';
INSERT INTO sale SELECT seq, '2026-04-04 13:00:00' + INTERVAL 10 * seq MINUTE FROM seq_1_to_100;
SET time_zone = 'America/Santiago';
SELECT SUBSTRING_INDEX(VERSION(), '-', 1) AS version, DATE(paid_at), COUNT(*) FROM sale GROUP BY DATE(paid_at);
SELECT (SELECT COUNT(*) FROM sale WHERE DATE(paid_at) = '2026-04-04') AS the_4th, (SELECT COUNT(*) FROM sale WHERE DATE(paid_at) <= '2026-04-04') AS up_to_it,
  (SELECT COUNT(*) FROM sale WHERE DATE(paid_at) > '2026-04-04') AS after_it,
  (SELECT COUNT(*) FROM sale IGNORE INDEX (paid_at) WHERE DATE(paid_at) = '2026-04-04') AS without_index, (SELECT COUNT(*) FROM sale WHERE DATE(paid_at) + INTERVAL 0 DAY = '2026-04-04') AS not_turned;
SQL
done >"$work/seen"

unchanged <<'END'
+---------+---------------+----------+
| version | DATE(paid_at) | COUNT(*) |
+---------+---------------+----------+
| 11.8.9  | 2026-04-04    |       89 |
| 11.8.9  | 2026-04-05    |       11 |
+---------+---------------+----------+
+---------+----------+----------+---------------+------------+
| the_4th | up_to_it | after_it | without_index | not_turned |
+---------+----------+----------+---------------+------------+
|      83 |       83 |       11 |            89 |         89 |
+---------+----------+----------+---------------+------------+
+----------+---------------+----------+
| version  | DATE(paid_at) | COUNT(*) |
+----------+---------------+----------+
| 10.11.19 | 2026-04-04    |       89 |
| 10.11.19 | 2026-04-05    |       11 |
+----------+---------------+----------+
+---------+----------+----------+---------------+------------+
| the_4th | up_to_it | after_it | without_index | not_turned |
+---------+----------+----------+---------------+------------+
|      89 |       89 |       11 |            89 |         89 |
+---------+----------+----------+---------------+------------+
END
