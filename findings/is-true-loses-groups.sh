#!/bin/bash
# MAX(day) … WHERE (day <= '2026-01-31') IS TRUE GROUP BY product loses the products that were sold later too, if there
# is an index.
#
# Expected: (day <= '2026-01-31') IS TRUE, and IS NOT TRUE for "later, or not known", choose the same rows with and
# without an index. Query builders write them for a comparison that is a value.
# What happens: with an index on product and day, the plan is "Using index for group-by". The server reads the last day
# of each product and looks at the condition then: where that day does not meet it, the product is missing, although it
# has days that do. A sum beside it, or the condition without IS TRUE, brings the product back. There is no warning.
# Versions: MariaDB 11.8.9 of Debian 13 and 10.11.19 of Debian 12; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1

for suite in bookworm trixie; do
  server "$suite" "$suite-db"
  sql "$suite" "$suite-db" -N <<'SQL' | sed "s/^/$suite /"
CREATE TABLE sale (id INT AUTO_INCREMENT PRIMARY KEY, product INT, day DATE, KEY (product, day));
INSERT INTO sale (product, day) SELECT seq % 3 + 1, '2026-01-01' + INTERVAL seq DAY FROM seq_0_to_299;
DELETE FROM sale WHERE product = 2 AND day > '2026-01-31';
SELECT 'IS TRUE', product, MAX(day) FROM sale WHERE (day <= '2026-01-31') IS TRUE GROUP BY product;
SELECT 'IS TRUE, with a count', product, MAX(day), COUNT(*) FROM sale WHERE (day <= '2026-01-31') IS TRUE GROUP BY product;
SELECT 'without the index', product, MAX(day) FROM sale IGNORE INDEX (product) WHERE (day <= '2026-01-31') IS TRUE GROUP BY product;
SELECT 'first, IS NOT TRUE', product, MIN(day) FROM sale WHERE (day <= '2026-01-31') IS NOT TRUE GROUP BY product;
SELECT 'the same without the index', product, MIN(day) FROM sale IGNORE INDEX (product) WHERE (day <= '2026-01-31') IS NOT TRUE GROUP BY product;
SQL
done >"$work/seen"

unchanged <<'END'
bookworm IS TRUE	2	2026-01-29
bookworm IS TRUE, with a count	1	2026-01-31	11
bookworm IS TRUE, with a count	2	2026-01-29	10
bookworm IS TRUE, with a count	3	2026-01-30	10
bookworm without the index	1	2026-01-31
bookworm without the index	2	2026-01-29
bookworm without the index	3	2026-01-30
bookworm the same without the index	1	2026-02-03
bookworm the same without the index	3	2026-02-02
trixie IS TRUE	1	2026-01-31
trixie IS TRUE	2	2026-01-29
trixie IS TRUE	3	2026-01-30
trixie IS TRUE, with a count	1	2026-01-31	11
trixie IS TRUE, with a count	2	2026-01-29	10
trixie IS TRUE, with a count	3	2026-01-30	10
trixie without the index	1	2026-01-31
trixie without the index	2	2026-01-29
trixie without the index	3	2026-01-30
trixie first, IS NOT TRUE	1	2026-02-03
trixie first, IS NOT TRUE	3	2026-02-02
trixie the same without the index	1	2026-02-03
trixie the same without the index	3	2026-02-02
END
