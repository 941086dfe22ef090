#!/bin/bash
# ALTER TABLE in a Galera cluster fills the rows anew on each node: other tokens, other numbers, and times that are
# hours apart.
#
# Expected: all nodes of a cluster hold the same rows. INSERT of a row with DEFAULT UUID() is replicated as a row.
# What happens: ALTER TABLE is replicated as a statement, and each node computes the new values by itself. A column with
# DEFAULT UUID(), NEXTVAL(…) or NOW(6) has different values on each node, and one that is turned from DATETIME into
# TIMESTAMP is read in the time zone of the node instead of the session's, so that one moment becomes two. No node
# complains: a link with a token works on one node, and an UPDATE of such a row carries the whole row to the others. A
# column that is added empty and filled by UPDATE is the same everywhere.
# Versions: MariaDB 11.8.9 and galera-4 26.4.23 of Debian 13, two nodes on loopback (10.11.19 of Debian 12 did the
# same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 galera-4=26.4.23-0+deb13u1
cluster trixie

sql trixie one <<'SQL'
CREATE TABLE ticket (id INT PRIMARY KEY, paid_at DATETIME);
INSERT INTO ticket VALUES (1, '2026-07-01 12:00:00'), (2, '2026-07-02 12:00:00'), (3, '2026-07-03 12:00:00');
CREATE SEQUENCE numbers INCREMENT BY 0;
SET time_zone = '+05:00';
ALTER TABLE ticket ADD token UUID DEFAULT UUID(), ADD number INT DEFAULT NEXTVAL(numbers), ADD made_at DATETIME(6) DEFAULT NOW(6), MODIFY paid_at TIMESTAMP;
CREATE TABLE filled (id INT PRIMARY KEY);
INSERT INTO filled VALUES (1), (2), (3);
ALTER TABLE filled ADD later UUID;
UPDATE filled SET later = UUID();
CREATE TABLE ready (id INT PRIMARY KEY);
SQL
until echo 'DESC ready' | sql trixie two >/dev/null 2>&1; do sleep 0.2; done

for column in token number made_at later 'UNIX_TIMESTAMP(paid_at)'; do
  for name in one two; do sql trixie "$name" -N -e "SELECT id, $column FROM ticket JOIN filled USING (id)" >"$work/$name.rows"; done
  echo "$column: $(sort "$work/one.rows" "$work/two.rows" | uniq -d | wc -l) of 3 rows are the same on both nodes"
done >"$work/seen"
for name in one two; do sql trixie "$name" -t -e "SET time_zone = '+05:00'; SELECT id, paid_at FROM ticket ORDER BY id" >>"$work/seen"; done
token=$(sql trixie one -N -e 'SELECT token FROM ticket WHERE id = 1')
for name in one two; do echo "tickets with the first token on $name: $(sql trixie "$name" -N -e "SELECT COUNT(*) FROM ticket WHERE token = '$token'")"; done >>"$work/seen"

unchanged <<'END'
token: 0 of 3 rows are the same on both nodes
number: 0 of 3 rows are the same on both nodes
made_at: 0 of 3 rows are the same on both nodes
later: 3 of 3 rows are the same on both nodes
UNIX_TIMESTAMP(paid_at): 0 of 3 rows are the same on both nodes
+----+---------------------+
| id | paid_at             |
+----+---------------------+
|  1 | 2026-07-01 12:00:00 |
|  2 | 2026-07-02 12:00:00 |
|  3 | 2026-07-03 12:00:00 |
+----+---------------------+
+----+---------------------+
| id | paid_at             |
+----+---------------------+
|  1 | 2026-07-01 17:00:00 |
|  2 | 2026-07-02 17:00:00 |
|  3 | 2026-07-03 17:00:00 |
+----+---------------------+
tickets with the first token on one: 1
tickets with the first token on two: 0
END
