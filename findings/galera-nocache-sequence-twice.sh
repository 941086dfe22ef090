#!/bin/bash
# In a Galera cluster a sequence with NOCACHE gives the same value to two transactions on two nodes, and both commit.
#
# Expected: a cluster refuses CREATE SEQUENCE with a cache (error 1235, "CACHE without INCREMENT BY 0") and accepts
# NOCACHE without a warning: every value is then fetched from the table of the sequence, which is replicated, so no two
# get the same, or one of them fails to commit.
# What happens: a value that a transaction has taken reaches the other node with its COMMIT. Until then the other node
# gives the same value out, both transactions commit, and two tickets have number 1. With INCREMENT BY 0, where each
# node takes numbers of its own, they differ.
# Versions: MariaDB 10.11.19 and galera-4 26.4.23 of Debian 12, two nodes on loopback; seen on 2026-11-28, output at
# the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 galera-4=26.4.23-0+deb12u1

cluster bookworm

sql bookworm one -e 'CREATE SEQUENCE cached' >/dev/null 2>"$work/refused" || true
grep ^ERROR "$work/refused" >"$work/seen"
sql bookworm one -e 'CREATE SEQUENCE nocache NOCACHE; CREATE SEQUENCE by_0 INCREMENT BY 0; SHOW WARNINGS; CREATE TABLE ticket (name VARCHAR(10), nocache INT, by_0 INT, PRIMARY KEY (name))' >>"$work/seen"
until echo 'DESC ticket' | sql bookworm two >/dev/null 2>&1; do sleep 0.2; done

mkfifo "$work/to_one"
sql bookworm one <"$work/to_one" &
exec 9>"$work/to_one"
echo "START TRANSACTION; INSERT INTO ticket VALUES ('Ann', NEXTVAL(nocache), NEXTVAL(by_0)); DO GET_LOCK('taken', 0);" >&9
until [ "$(sql bookworm one -N -e "SELECT IS_FREE_LOCK('taken')")" = 0 ]; do sleep 0.1; done
sql bookworm two -e "START TRANSACTION; INSERT INTO ticket VALUES ('Bob', NEXTVAL(nocache), NEXTVAL(by_0)); COMMIT"
echo 'COMMIT;' >&9
exec 9>&-
wait %%
sql bookworm one -t -e 'SELECT name, nocache FROM ticket ORDER BY name; SELECT COUNT(DISTINCT nocache), COUNT(DISTINCT by_0) FROM ticket' >>"$work/seen"

unchanged <<'END'
ERROR 1235 (42000) at line 1: This version of MariaDB doesn't yet support 'CACHE without INCREMENT BY 0 in Galera cluster'
+------+---------+
| name | nocache |
+------+---------+
| Ann  |       1 |
| Bob  |       1 |
+------+---------+
+-------------------------+----------------------+
| COUNT(DISTINCT nocache) | COUNT(DISTINCT by_0) |
+-------------------------+----------------------+
|                       1 |                    2 |
+-------------------------+----------------------+
END
