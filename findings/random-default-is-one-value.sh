#!/bin/bash
# ALTER TABLE … ADD a column with DEFAULT (MD5(RAND())): all rows that exist get one and the same value.
#
# Expected: the default is an expression, and it is computed for each row, as it is for the rows that are inserted later
# and as UUID(), NEXTVAL() and RANDOM_BYTES() are for the rows that exist.
# What happens: where the default has RAND(), InnoDB adds the column instantly, with one value for all rows. Every
# customer has the same voucher or the same place in the draw, without a warning. With ALGORITHM=COPY the same statement
# gives each row its own.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -e 'CREATE SEQUENCE ticket; CREATE TABLE customer (id INT PRIMARY KEY); INSERT INTO customer SELECT seq FROM seq_1_to_1000'
values() {
  sql trixie db -e "ALTER TABLE customer ADD draw VARCHAR(40) DEFAULT ($1)$2; INSERT INTO customer (id) SELECT seq FROM seq_1001_to_2000"
  sql trixie db -N -e 'SELECT COUNT(DISTINCT IF(id <= 1000, draw, NULL)), COUNT(DISTINCT IF(id > 1000, draw, NULL)) FROM customer' |
    while read -r old new; do printf '%-24s%-17s %4s values in 1000 rows that existed, %s in 1000 inserted later\n' "$1" "$2" "$old" "$new"; done >>"$work/seen"
  sql trixie db -e 'DELETE FROM customer WHERE id > 1000; ALTER TABLE customer DROP draw'
}
values 'UUID()' ''
values 'NEXTVAL(ticket)' ''
values 'HEX(RANDOM_BYTES(16))' ''
values 'MD5(RAND())' ''
values 'FLOOR(RAND() * 1e12)' ''
values 'MD5(RAND())' ', ALGORITHM=COPY'

unchanged <<'END'
UUID()                                    1000 values in 1000 rows that existed, 1000 in 1000 inserted later
NEXTVAL(ticket)                           1000 values in 1000 rows that existed, 1000 in 1000 inserted later
HEX(RANDOM_BYTES(16))                     1000 values in 1000 rows that existed, 1000 in 1000 inserted later
MD5(RAND())                                  1 values in 1000 rows that existed, 1000 in 1000 inserted later
FLOOR(RAND() * 1e12)                         1 values in 1000 rows that existed, 1000 in 1000 inserted later
MD5(RAND())             , ALGORITHM=COPY  1000 values in 1000 rows that existed, 1000 in 1000 inserted later
END
