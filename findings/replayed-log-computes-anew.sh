#!/bin/bash
# The binary log in its default format, replayed by mariadb-binlog: other prices, another week, other last digits.
#
# Expected: a backup and the binary log behind it give the data back. The default format, MIXED, logs a statement as it
# was written where that is safe, and otherwise the rows.
# What happens: div_precision_increment and default_week_format of the session count as safe and are not logged, so the
# replay, and a replica likewise, divides and counts weeks by the settings of its own server. mariadb-binlog also writes
# a user variable that is a DOUBLE with 14 digits, where up to 17 are needed; the log has them all, and a replica reads
# them. There is no error, and each of the three rows is another one. With binlog_format=ROW they are what they were.
# Versions: MariaDB 11.8.9 of Debian 13, server and mariadb-binlog (10.11.19 of Debian 12 did the same); seen on
# 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server trixie db --server-id=1 --log-bin="$work/log"

for format in MIXED ROW; do
  sql trixie db <<SQL
DROP TABLE IF EXISTS price;
RESET MASTER;
SET binlog_format = $format;
CREATE TABLE price (name VARCHAR(10) PRIMARY KEY, share DECIMAL(14,10), week INT, rate DOUBLE);
SET div_precision_increment = 10;
INSERT INTO price (name, share) VALUES ('share', 100 / 7);
SET default_week_format = 3;
INSERT INTO price (name, week) VALUES ('week', WEEK('2026-01-03'));
SET @rate = 1e0 / 3;
INSERT INTO price (name, rate) VALUES ('rate', @rate);
SQL
  {
    echo "$format, written and replayed:"
    sql trixie db -t -e 'SELECT * FROM price ORDER BY name; FLUSH BINARY LOGS; DROP TABLE price'
    in_suite trixie mariadb-binlog --no-defaults "$work/log.000001" | sql trixie db
    sql trixie db -t -e 'SELECT * FROM price ORDER BY name'
  } >>"$work/seen"
done

unchanged <<'END'
MIXED, written and replayed:
+-------+---------------+------+--------------------+
| name  | share         | week | rate               |
+-------+---------------+------+--------------------+
| rate  |          NULL | NULL | 0.3333333333333333 |
| share | 14.2857142857 | NULL |               NULL |
| week  |          NULL |    1 |               NULL |
+-------+---------------+------+--------------------+
+-------+---------------+------+------------------+
| name  | share         | week | rate             |
+-------+---------------+------+------------------+
| rate  |          NULL | NULL | 0.33333333333333 |
| share | 14.2857142850 | NULL |             NULL |
| week  |          NULL |    0 |             NULL |
+-------+---------------+------+------------------+
ROW, written and replayed:
+-------+---------------+------+--------------------+
| name  | share         | week | rate               |
+-------+---------------+------+--------------------+
| rate  |          NULL | NULL | 0.3333333333333333 |
| share | 14.2857142857 | NULL |               NULL |
| week  |          NULL |    1 |               NULL |
+-------+---------------+------+--------------------+
+-------+---------------+------+--------------------+
| name  | share         | week | rate               |
+-------+---------------+------+--------------------+
| rate  |          NULL | NULL | 0.3333333333333333 |
| share | 14.2857142857 | NULL |               NULL |
| week  |          NULL |    1 |               NULL |
+-------+---------------+------+--------------------+
END
