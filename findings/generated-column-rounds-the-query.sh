#!/bin/bash
# An index on a generated column with two decimals changes queries that do not name the column: WHERE price * (1 -
# discount) < 10.02 loses a row.
#
# Expected: net DECIMAL(9,2) AS (price * (1 - discount)) rounds to cents, which is what it is for. A condition on price
# and discount themselves has all digits of their product, 10.015012 here, whether there is such a column or not.
# What happens: 11.8 uses the index of a generated column where a condition has its expression, and compares the rounded
# values: 10.02 is not less than 10.02, and is equal to it. So a row is missing for <, and = finds, and DELETE removes,
# one that does not match. There is no warning; the plan names the index. IGNORE INDEX, or 10.11, gives the other
# answer.
# Versions: MariaDB 11.8.9 of Debian 13, and 10.11.19 of Debian 12 beside it; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1

for suite in bookworm trixie; do
  server "$suite" "$suite-db"
  sql "$suite" "$suite-db" -N <<'SQL' | sed -e /analyze/d -e "s/^/$suite /"
CREATE TABLE line (id INT PRIMARY KEY, price DECIMAL(9,2), discount DECIMAL(5,4), net DECIMAL(9,2) AS (price * (1 - discount)) VIRTUAL, KEY (net));
INSERT INTO line (id, price, discount) SELECT seq, seq * 0.37, 0.0333 FROM seq_1_to_2000;
ANALYZE TABLE line;
SELECT 'row', id, price * (1 - discount), net FROM line WHERE id = 28;
SELECT '< 10.02', COUNT(*), MAX(id) FROM line WHERE price * (1 - discount) < 10.02;
SELECT '< 10.02, without the index', COUNT(*), MAX(id) FROM line IGNORE INDEX (net) WHERE price * (1 - discount) < 10.02;
SELECT '= 10.02', id FROM line WHERE price * (1 - discount) = 10.02;
DELETE FROM line WHERE price * (1 - discount) = 10.02;
SELECT 'deleted', ROW_COUNT();
SQL
done >"$work/seen"

unchanged <<'END'
bookworm row	28	10.015012	10.02
bookworm < 10.02	28	28
bookworm < 10.02, without the index	28	28
bookworm deleted	0
trixie row	28	10.015012	10.02
trixie < 10.02	27	27
trixie < 10.02, without the index	28	28
trixie = 10.02	28
trixie deleted	1
END
