#!/bin/bash
# SELECT INTO OUTFILE does not escape BIT: a column that holds the numbers 9, 10 or 92 breaks the file for LOAD DATA.
#
# Expected: what SELECT INTO OUTFILE writes with its default clauses, LOAD DATA reads with its own: tabulator, newline
# and backslash within a value are escaped. So it is for the same bytes in a BLOB.
# What happens: a BIT value is written as its raw bytes and never escaped. 9 is a tabulator, 10 a newline, 92 a
# backslash: the first two end a field or a line, the third swallows the separator behind it. LOAD DATA refuses the
# file in strict mode. With IGNORE (which LOAD DATA LOCAL implies) six rows come in for five, and only two of them are
# right. mariadb-dump --tab writes its files by the same statement.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t --force >"$work/seen" 2>"$work/refused" <<SQL || true
CREATE TABLE switches (id INT, bits BIT(8), bytes BLOB);
INSERT INTO switches VALUES (8, 8, CHAR(8)), (9, 9, CHAR(9)), (10, 10, CHAR(10)), (11, 11, CHAR(11)), (92, 92, CHAR(92));
SELECT id, bytes FROM switches INTO OUTFILE '$work/bytes.txt';
SELECT id, bits FROM switches INTO OUTFILE '$work/bits.txt';
CREATE TABLE same_bytes (id INT, bytes BLOB);
LOAD DATA INFILE '$work/bytes.txt' INTO TABLE same_bytes;
SELECT COUNT(*) AS blobs_that_are_the_same FROM switches JOIN same_bytes USING (id, bytes);
CREATE TABLE same_bits (id INT, bits BIT(8));
LOAD DATA INFILE '$work/bits.txt' INTO TABLE same_bits;
LOAD DATA INFILE '$work/bits.txt' IGNORE INTO TABLE same_bits;
SELECT id, bits + 0 AS bits FROM same_bits;
SQL
grep ^ERROR "$work/refused" >>"$work/seen"

unchanged <<'END'
+-------------------------+
| blobs_that_are_the_same |
+-------------------------+
|                       5 |
+-------------------------+
+------+------+
| id   | bits |
+------+------+
|    8 |    8 |
|    9 |    0 |
|   10 |    0 |
|    0 | NULL |
|   11 |   11 |
|   92 |   10 |
+------+------+
ERROR 1366 (22007) at line 9: Incorrect integer value: '' for column `test`.`same_bits`.`id` at row 4
END
