#!/bin/bash
# The binary log of MariaDB 10.11, replayed on 11.8: one customer was deleted, and another one is gone, too.
#
# Expected: backup and binary log of the old server, restored on the new one, give the same customers. A replica of 11.8
# behind the same 10.11 has them, since it knows how old its primary is.
# What happens: CREATE TABLE … CHARSET=utf8mb4 stands in the log as it was written, without a collation. On 10.11 that
# is utf8mb4_general_ci. mariadb-binlog, the old one and the new one, prints the statement alone, for which 11.8 takes
# utf8mb4_uca1400_ai_ci, where ß is ss. In the default format MIXED the deletion of Strasse is a statement as well, and
# takes Straße along, without an error. With a unique key the replay stops at the INSERT (1062) instead.
# Versions: MariaDB 10.11.19 of Debian 12 and 11.8.9 of Debian 13, servers and mariadb-binlog; seen on 2026-11-29, output
# at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 mariadb-client=1:10.11.19-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 mariadb-client=1:11.8.9+ds-0+deb13u1
server bookworm old --server-id=1 --log-bin="$work/log"
server trixie new

sql bookworm old <<'SQL'
CREATE TABLE customer (id INT PRIMARY KEY, name VARCHAR(50)) CHARSET=utf8mb4;
INSERT INTO customer VALUES (1, 'Strasse'), (2, 'Straße'), (3, 'Weg');
DELETE FROM customer WHERE name = 'Strasse';
FLUSH BINARY LOGS;
SQL
sql bookworm old -t -e 'SELECT * FROM customer ORDER BY id' >"$work/seen"
for suite in bookworm trixie; do
  in_suite "$suite" mariadb-binlog --no-defaults "$work/log.000001" | sql trixie new
  sql trixie new -t -e 'SELECT *, COLLATION(name) FROM customer; DROP TABLE customer' >>"$work/seen"
done

unchanged <<'END'
+----+---------+
| id | name    |
+----+---------+
|  2 | Straße  |
|  3 | Weg     |
+----+---------+
+----+------+-----------------------+
| id | name | COLLATION(name)       |
+----+------+-----------------------+
|  3 | Weg  | utf8mb4_uca1400_ai_ci |
+----+------+-----------------------+
+----+------+-----------------------+
| id | name | COLLATION(name)       |
+----+------+-----------------------+
|  3 | Weg  | utf8mb4_uca1400_ai_ci |
+----+------+-----------------------+
END
