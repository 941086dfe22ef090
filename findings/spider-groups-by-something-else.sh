#!/bin/bash
# A report over a table of the SPIDER engine: a day has a row for each of its sales, and WITH ROLLUP has no total.
#
# Expected: a table that lies on another server of the same version gives the same answers as the table itself; Spider
# sends what it can to the other server, and leaves the rest to its own.
# What happens: the plan says "Storage engine handles GROUP BY", and the other server gets another statement: GROUP BY
# DATE(paid_at) and GROUP BY YEAR(paid_at) become GROUP BY paid_at, while MONTH() is kept. WITH ROLLUP is left out, and
# COUNT(*) OVER () is NULL. No error, no warning. Joined with a local table of one row, the grouping stays at home, and
# the report is right.
# Versions: MariaDB 11.8.9 of Debian 13 and its mariadb-plugin-spider; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-plugin-spider=1:11.8.9+ds-0+deb13u1
server trixie shop
server trixie reports --plugin-load-add=ha_spider

sql trixie shop <<'SQL'
CREATE TABLE sale (id INT PRIMARY KEY, paid_at DATETIME, country CHAR(2), amount DECIMAL(8,2));
INSERT INTO sale VALUES (1, '2026-07-01 09:00', 'de', 10), (2, '2026-07-01 10:00', 'at', 20), (3, '2026-07-01 11:00', 'de', 30), (4, '2026-07-02 09:00', 'at', 40);
SQL
cat >"$work/report.sql" <<'SQL'
SELECT DATE(paid_at), COUNT(*), SUM(amount) FROM sale GROUP BY DATE(paid_at);
SELECT MONTH(paid_at), COUNT(*) FROM sale GROUP BY MONTH(paid_at);
SELECT YEAR(paid_at), COUNT(*) FROM sale GROUP BY YEAR(paid_at);
SELECT country, SUM(amount) FROM sale GROUP BY country WITH ROLLUP;
SELECT COUNT(*) OVER () FROM sale LIMIT 1;
SELECT DATE(paid_at), COUNT(*), SUM(amount) FROM sale JOIN one GROUP BY DATE(paid_at);
SQL
{
  echo 'at home:'
  sql trixie shop -e 'CREATE TABLE one (id INT PRIMARY KEY); INSERT INTO one VALUES (1)'
  sql trixie shop <"$work/report.sql"
  sql trixie reports -e "CREATE TABLE one (id INT PRIMARY KEY); INSERT INTO one VALUES (1);
CREATE SERVER shop FOREIGN DATA WRAPPER mysql OPTIONS (SOCKET '$work/shop.sock', HOST 'localhost', USER 'root', DATABASE 'test');
CREATE TABLE sale (id INT PRIMARY KEY, paid_at DATETIME, country CHAR(2), amount DECIMAL(8,2)) ENGINE=SPIDER COMMENT='wrapper \"mysql\", srv \"shop\", table \"sale\"'"
  echo 'by Spider:'
  sql trixie reports <"$work/report.sql"
} >"$work/seen" 2>&1

unchanged <<'END'
at home:
DATE(paid_at)	COUNT(*)	SUM(amount)
2026-07-01	3	60.00
2026-07-02	1	40.00
MONTH(paid_at)	COUNT(*)
7	4
YEAR(paid_at)	COUNT(*)
2026	4
country	SUM(amount)
at	60.00
de	40.00
NULL	100.00
COUNT(*) OVER ()
4
DATE(paid_at)	COUNT(*)	SUM(amount)
2026-07-01	3	60.00
2026-07-02	1	40.00
by Spider:
DATE(paid_at)	COUNT(*)	SUM(amount)
2026-07-01	1	10.00
2026-07-01	1	20.00
2026-07-01	1	30.00
2026-07-02	1	40.00
MONTH(paid_at)	COUNT(*)
7	4
YEAR(paid_at)	COUNT(*)
2026	1
2026	1
2026	1
2026	1
country	SUM(amount)
at	60.00
de	40.00
COUNT(*) OVER ()
NULL
DATE(paid_at)	COUNT(*)	SUM(amount)
2026-07-01	3	60.00
2026-07-02	1	40.00
END
