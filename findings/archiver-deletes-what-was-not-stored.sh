#!/bin/bash
# pt-archiver --bulk-insert deletes orders that the archive has refused or cut: exit code 0, no warning.
#
# Expected: its manual says that with --bulk-insert the deletion waits until the insertion is successful, for the safety
# of the data. Both servers are in strict mode, and without the option the first such order ends pt-archiver with an
# error, before anything is deleted.
# What happens: it uses LOAD DATA LOCAL, for which the server turns errors into warnings, as if IGNORE were given. The
# archive table is a little older than the shop: the price of 123456.78 becomes 9999.99, a status that it does not know
# becomes an empty one, a name is cut, and an order whose id is taken is left out. All four are deleted from the source.
# Versions: percona-toolkit 3.2.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 percona-toolkit=3.2.1-1
server trixie shop --local-infile=ON
server trixie archive --local-infile=ON

sql trixie shop <<'SQL'
CREATE TABLE orders (id INT PRIMARY KEY, price DECIMAL(8,2), status ENUM('new','paid','sent'), name VARCHAR(50));
INSERT INTO orders VALUES (1, 123456.78, 'paid', 'Ann'), (2, 5, 'sent', 'Bob'), (3, 6, 'paid', 'Cy & Daughters'), (4, 7, 'paid', 'Dan');
SQL
sql trixie archive <<'SQL'
CREATE TABLE orders (id INT PRIMARY KEY, price DECIMAL(6,2), status ENUM('new','paid'), name VARCHAR(10));
INSERT INTO orders VALUES (4, 99, 'paid', 'Eve');
SQL

archive() {
  perl_tool trixie pt-archiver --source "F=/dev/null,S=$work/shop.sock,u=root,D=test,t=orders,L=1" --dest "F=/dev/null,S=$work/archive.sock,u=root,L=1" \
    --where 'status <> "new"' --limit 100 --commit-each --no-check-charset --nosafe-auto-increment "$@" >"$work/out" 2>&1
}
{
  if archive; then echo 'by INSERT: exit code 0'; else echo 'by INSERT: an error'; fi
  sql trixie shop -N -e 'SELECT COUNT(*), "orders are left" FROM orders'
  if archive --bulk-insert; then echo "--bulk-insert: exit code 0, $(wc -l <"$work/out") lines of output"; fi
  sql trixie shop -N -e 'SELECT COUNT(*), "orders are left" FROM orders'
  sql trixie archive -t -e 'SELECT * FROM orders ORDER BY id'
} >"$work/seen"

unchanged <<'END'
by INSERT: an error
4	orders are left
--bulk-insert: exit code 0, 0 lines of output
0	orders are left
+----+---------+--------+------------+
| id | price   | status | name       |
+----+---------+--------+------------+
|  1 | 9999.99 | paid   | Ann        |
|  2 |    5.00 |        | Bob        |
|  3 |    6.00 | paid   | Cy & Daugh |
|  4 |   99.00 | paid   | Eve        |
+----+---------+--------+------------+
END
