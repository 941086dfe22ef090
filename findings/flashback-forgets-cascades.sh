#!/bin/bash
# mariadb-binlog --flashback does not bring back what a foreign key with ON DELETE CASCADE has deleted.
#
# Expected: with binlog_format=ROW and binlog_row_image=FULL, which flashback asks for, the reversed log of a DELETE
# restores the data as it was.
# What happens: InnoDB deletes the rows of the referencing tables by itself, and the binary log does not have them. The
# reversed log is applied without error or warning and restores the parent rows only: order 1 is there again, and its
# lines 10 and 11 are not.
# Versions: MariaDB 10.11.19 of Debian 12, server and mariadb-binlog; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 mariadb-client=1:10.11.19-0+deb12u1
server bookworm db --server-id=1 --log-bin="$work/log" --binlog-format=ROW --binlog-row-image=FULL

sql bookworm db <<'SQL'
CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE line (id INT PRIMARY KEY, order_id INT NOT NULL, FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE);
INSERT INTO orders VALUES (1, 'Ann'), (2, 'Bob');
INSERT INTO line VALUES (10, 1), (11, 1), (12, 2);
FLUSH BINARY LOGS;
DELETE FROM orders WHERE id = 1;
FLUSH BINARY LOGS;
SQL
in_suite bookworm mariadb-binlog --no-defaults --flashback "$work/log.000002" >"$work/back.sql"
sql bookworm db <"$work/back.sql"
sql bookworm db -t -e 'SELECT * FROM orders ORDER BY id; SELECT * FROM line ORDER BY id' >"$work/seen"

unchanged <<'END'
+----+------+
| id | name |
+----+------+
|  1 | Ann  |
|  2 | Bob  |
+----+------+
+----+----------+
| id | order_id |
+----+----------+
| 12 |        2 |
+----+----------+
END
