#!/bin/bash
# WHERE YEAR(day) <= 2026 beside "the latest order of each customer" finds no row at all, if the column has an index.
#
# Expected: the latest order of each customer is found by (customer, day) IN (SELECT customer, MAX(day) … GROUP BY
# customer), or by a join with that subquery. YEAR(day) <= 2026 leaves those out that are of a later year: none here.
# What happens: the result is empty, without a warning. 11.8 turns YEAR(day) <= 2026 into day <= '2026-12-31', for the
# index, and hands the condition on to the subquery as MAX(day) <= 0, which EXPLAIN EXTENDED shows. DATE(at) <= … and <
# are affected too; = is not. The condition written as day <= '2026-12-31' is right, and so is all of it without the
# index or in 10.11.
# Versions: MariaDB 11.8.9 of Debian 13, and 10.11.19 of Debian 12 beside it; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1

for suite in bookworm trixie; do
  server "$suite" "$suite-db"
  sql "$suite" "$suite-db" -N >"$work/$suite.out" <<'SQL'
CREATE TABLE orders (id INT PRIMARY KEY, customer INT, day DATE, at DATETIME, KEY (day), KEY (at));
INSERT INTO orders VALUES (1, 1, '2025-03-01', '2025-03-01 10:00:00'), (2, 1, '2026-01-05', '2026-01-05 10:00:00'),
  (3, 2, '2026-01-01', '2026-01-01 10:00:00'), (4, 2, '2026-02-01', '2026-02-01 10:00:00'), (5, 3, '2025-01-01', '2025-01-01 10:00:00');
SELECT 'YEAR(day) <= 2026, IN', COUNT(*) FROM orders WHERE YEAR(day) <= 2026 AND (customer, day) IN (SELECT customer, MAX(day) FROM orders GROUP BY customer);
SELECT 'YEAR(day) < 2027, join', COUNT(*) FROM orders JOIN (SELECT customer, MAX(day) AS day FROM orders GROUP BY customer) AS latest USING (customer, day) WHERE YEAR(orders.day) < 2027;
SELECT "DATE(at) <= '2026-12-31', IN", COUNT(*) FROM orders WHERE DATE(at) <= '2026-12-31' AND (customer, at) IN (SELECT customer, MAX(at) FROM orders GROUP BY customer);
SELECT "day <= '2026-12-31', IN", COUNT(*) FROM orders WHERE day <= '2026-12-31' AND (customer, day) IN (SELECT customer, MAX(day) FROM orders GROUP BY customer);
EXPLAIN EXTENDED SELECT id FROM orders WHERE YEAR(day) <= 2026 AND (customer, day) IN (SELECT customer, MAX(day) FROM orders GROUP BY customer);
SHOW WARNINGS;
ALTER TABLE orders DROP KEY day;
SELECT 'YEAR(day) <= 2026, IN, without index', COUNT(*) FROM orders WHERE YEAR(day) <= 2026 AND (customer, day) IN (SELECT customer, MAX(day) FROM orders GROUP BY customer);
SQL
  grep -v -e '^[12]' "$work/$suite.out" | sed -n -e '/^Note/!p' -e 's/^Note.*\(having.*\)) join.*/handed on: \1/p' | sed "s/^/$suite /"
done >"$work/seen"

unchanged <<'END'
bookworm YEAR(day) <= 2026, IN	3
bookworm YEAR(day) < 2027, join	3
bookworm DATE(at) <= '2026-12-31', IN	3
bookworm day <= '2026-12-31', IN	3
bookworm handed on: having year(`MAX(day)`) <= 2026
bookworm YEAR(day) <= 2026, IN, without index	3
trixie YEAR(day) <= 2026, IN	0
trixie YEAR(day) < 2027, join	0
trixie DATE(at) <= '2026-12-31', IN	0
trixie day <= '2026-12-31', IN	3
trixie handed on: having `MAX(day)` <= 0
trixie YEAR(day) <= 2026, IN, without index	3
END
