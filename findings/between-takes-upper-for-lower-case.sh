#!/bin/bash
# An index on a case-sensitive column turns BETWEEN 'Cup' AND 'cup' into = 'Cup': the rows between them are not found.
#
# Expected: in a column of utf8mb4_bin every capital is before every small letter, so all words from Cup to Zebra and
# from a to cup are found, with and without an index.
# What happens: the optimizer compares the two bounds with each other to see whether they are the same. It does so by the
# collation of the connection instead of the column's, for which Cup and cup are equal, as are e and é, and reads one
# key of the index. There is no error. With NAMES utf8mb4 COLLATE utf8mb4_bin the same statement finds all.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t >"$work/seen" <<'SQL'
CREATE TABLE voucher (id INT PRIMARY KEY, code VARCHAR(10) COLLATE utf8mb4_bin, KEY (code));
INSERT INTO voucher VALUES (1, 'Bag'), (2, 'Cup'), (3, 'Cup2'), (4, 'Tea'), (5, 'bag'), (6, 'cup'), (7, 'cup2');
SELECT code FROM voucher WHERE code BETWEEN 'Cup' AND 'cup' ORDER BY id;
SELECT code FROM voucher WHERE code >= 'Cup' AND code <= 'cup' ORDER BY id;
SELECT code FROM voucher IGNORE INDEX (code) WHERE code BETWEEN 'Cup' AND 'cup' ORDER BY id;
EXPLAIN SELECT code FROM voucher WHERE code BETWEEN 'Cup' AND 'cup';
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SELECT COUNT(*) FROM voucher WHERE code BETWEEN 'Cup' AND 'cup';
SQL

unchanged <<'END'
+------+
| code |
+------+
| Cup  |
+------+
+------+
| code |
+------+
| Cup  |
| Cup2 |
| Tea  |
| bag  |
| cup  |
+------+
+------+
| code |
+------+
| Cup  |
| Cup2 |
| Tea  |
| bag  |
| cup  |
+------+
+------+-------------+---------+------+---------------+------+---------+-------+------+--------------------------+
| id   | select_type | table   | type | possible_keys | key  | key_len | ref   | rows | Extra                    |
+------+-------------+---------+------+---------------+------+---------+-------+------+--------------------------+
|    1 | SIMPLE      | voucher | ref  | code          | code | 43      | const | 5    | Using where; Using index |
+------+-------------+---------+------+---------------+------+---------+-------+------+--------------------------+
+----------+
| COUNT(*) |
+----------+
|        5 |
+----------+
END
