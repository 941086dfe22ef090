#!/bin/bash
# pt-duplicate-key-checker takes an IGNORED index for a good one, and advises to drop the index that the queries use.
#
# Expected: an index that the optimizer ignores (MariaDB 10.6 and later, set before an index is dropped for good) makes
# no other index superfluous.
# What happens: it prints ALTER TABLE … DROP INDEX for the index in use, because the ignored one has the same first
# column; the word IGNORED stands in its own output. After that statement the query reads the whole table.
# Versions: percona-toolkit 3.2.1 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 percona-toolkit=3.2.1-1
server trixie db
sql trixie db -e 'CREATE TABLE orders (id INT PRIMARY KEY, user_id INT, status INT, KEY by_user_and_status (user_id, status) IGNORED, KEY by_user (user_id)); INSERT INTO orders SELECT seq, seq % 1000, seq % 5 FROM seq_1_to_20000; ANALYZE TABLE orders' >/dev/null

plan() {
  sql trixie db -N -e 'EXPLAIN SELECT * FROM orders WHERE user_id = 7' | awk '{ print $1 ": access " $4 ", index " $6 }'
}

plan >"$work/seen"
perl_tool trixie pt-duplicate-key-checker --charset utf8mb4 -S "$work/db.sock" -u root -d test >"$work/advice"
grep -E 'prefix|KEY|^ALTER' "$work/advice" >>"$work/seen"
grep '^ALTER' "$work/advice" | sql trixie db
plan >>"$work/seen"

unchanged <<'END'
1: access ref, index by_user
# by_user is a left-prefix of by_user_and_status
#   KEY `by_user` (`user_id`)
#   KEY `by_user_and_status` (`user_id`,`status`) IGNORED,
ALTER TABLE `test`.`orders` DROP INDEX `by_user`;
1: access ALL, index NULL
END
