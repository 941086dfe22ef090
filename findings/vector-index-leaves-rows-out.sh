#!/bin/bash
# ORDER BY VEC_DISTANCE … LIMIT over a VECTOR index returns fewer rows than there are, and the rest are on no page.
#
# Expected: the index finds neighbours approximately, so the order may differ; but a table of 5,000 rows, read by pages
# of 500 in that order until a page is empty, shows each row once, and LIMIT 5000 returns 5,000.
# What happens: hundreds of rows are never returned, without a warning. Without the index all are. How many are missing
# depends on how the index grew; that some are is what this script checks.
# Versions: MariaDB 11.8.9 of Debian 13; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db >"$work/seen" <<'SQL'
CREATE TABLE item (id INT PRIMARY KEY, v VECTOR(2) NOT NULL, VECTOR INDEX (v));
INSERT INTO item SELECT seq, VEC_FromText(CONCAT('[', RAND(seq) * 10, ',', RAND(seq + 7) * 10, ']')) FROM seq_1_to_5000;
SELECT COUNT(*) AS items FROM item;
SELECT COUNT(*) AS without_index FROM (SELECT id FROM item IGNORE INDEX (v) ORDER BY VEC_DISTANCE_EUCLIDEAN(v, VEC_FromText('[1,1]')) LIMIT 5000) nearest;
SELECT COUNT(*) < 4990 AS with_index_rows_are_missing FROM (SELECT id FROM item FORCE INDEX (v) ORDER BY VEC_DISTANCE_EUCLIDEAN(v, VEC_FromText('[1,1]')) LIMIT 5000) nearest;
SQL

unchanged <<'END'
items
5000
without_index
5000
with_index_rows_are_missing
1
END
