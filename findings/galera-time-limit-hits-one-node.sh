#!/bin/bash
# max_statement_time ends an ALTER TABLE in a Galera cluster on the node that was asked, and the other nodes carry it
# out: the same table has different columns, and the cluster says that all is well.
#
# Expected: a statement that ends with error 1969 has no effect. DDL runs on all nodes at the same point, so it is done
# everywhere or nowhere; for that reason KILL QUERY is refused with error 1095, "cannot be killed without compromising
# the consistency of the cluster".
# What happens: the limit of the session, which many applications have by default, ends the statement on its own node
# only. The other node does not know the limit and finishes: it has the column, and the first one has not. Both remain
# Synced and Primary in a cluster of 2, and nothing is in the way of the next write: it is stored with the tax on the
# one node and without it on the other. The same statement with enough time makes the columns equal again.
# Versions: MariaDB 11.8.9 and galera-4 26.4.23 of Debian 13, two nodes on loopback (10.11.19 of Debian 12 did the
# same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 galera-4=26.4.23-0+deb13u1
cluster trixie

sql trixie one -e 'CREATE TABLE sale (id INT PRIMARY KEY, note VARCHAR(100), amount DECIMAL(8,2)); INSERT INTO sale SELECT seq, MD5(seq), seq % 1000 FROM seq_1_to_300000'
{
  sql trixie one -e 'SET max_statement_time = 0.1; ALTER TABLE sale ADD tax DECIMAL(8,2) NOT NULL DEFAULT 0, ALGORITHM=COPY' 2>&1 | grep ^ERROR
  until sql trixie two -N -e 'SHOW CREATE TABLE sale' | grep -q tax; do sleep 0.2; done
  sql trixie two -e 'INSERT INTO sale VALUES (0, "new", 100, 19)'
  until [ "$(sql trixie one -N -e 'SELECT COUNT(*) FROM sale WHERE id = 0')" = 1 ]; do sleep 0.2; done
  for name in one two; do
    echo "$name: $(status trixie "$name" wsrep_local_state_comment), $(status trixie "$name" wsrep_cluster_status), size $(status trixie "$name" wsrep_cluster_size)"
    sql trixie "$name" -t -e 'SELECT * FROM sale WHERE id = 0'
  done
} >"$work/seen"

unchanged <<'END'
ERROR 1969 (70100) at line 1: Query execution was interrupted (max_statement_time exceeded)
one: Synced, Primary, size 2
+----+------+--------+
| id | note | amount |
+----+------+--------+
|  0 | new  | 100.00 |
+----+------+--------+
two: Synced, Primary, size 2
+----+------+--------+-------+
| id | note | amount | tax   |
+----+------+--------+-------+
|  0 | new  | 100.00 | 19.00 |
+----+------+--------+-------+
END
