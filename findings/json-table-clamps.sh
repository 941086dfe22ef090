#!/bin/bash
# JSON_TABLE with ERROR ON ERROR stores numbers that were never in the document, in strict mode.
#
# Expected: ERROR ON ERROR makes JSON_TABLE fail where a value cannot be converted, and INSERT in strict mode refuses
# what does not fit its column: without JSON_TABLE these two values are refused with 1264 and 1366.
# What happens: 3000000000 for an INT becomes 2147483647 and "many" becomes 0, each with a warning, and INSERT … SELECT
# stores them. Only an array or an object is refused (4178). Where JSON_TABLE reads the number as DECIMAL and the
# INSERT converts it, strict mode refuses it as well.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t --force >"$work/seen" 2>"$work/refused" <<'SQL' || true
SELECT @@sql_mode LIKE '%STRICT_TRANS_TABLES%' AS strict;
CREATE TABLE stock (id INT PRIMARY KEY, amount INT NOT NULL);
INSERT INTO stock SELECT * FROM JSON_TABLE('[[1, 3000000000], [2, "many"]]', '$[*]' COLUMNS (id INT PATH '$[0]', amount INT PATH '$[1]' ERROR ON EMPTY ERROR ON ERROR)) t;
SHOW WARNINGS;
SELECT * FROM stock;
INSERT INTO stock VALUES (3, 3000000000);
INSERT INTO stock VALUES (4, 'many');
INSERT INTO stock SELECT * FROM JSON_TABLE('[[5, 3000000000]]', '$[*]' COLUMNS (id INT PATH '$[0]', amount DECIMAL(20) PATH '$[1]' ERROR ON EMPTY ERROR ON ERROR)) t;
INSERT INTO stock SELECT * FROM JSON_TABLE('[[6, [7]]]', '$[*]' COLUMNS (id INT PATH '$[0]', amount INT PATH '$[1]' ERROR ON EMPTY ERROR ON ERROR)) t;
SQL
grep ^ERROR "$work/refused" >>"$work/seen"

unchanged <<'END'
+--------+
| strict |
+--------+
|      1 |
+--------+
+---------+------+-----------------------------------------------------------------------------------+
| Level   | Code | Message                                                                           |
+---------+------+-----------------------------------------------------------------------------------+
| Warning | 1264 | Out of range value for column 'amount' at row 1                                   |
| Warning | 1366 | Incorrect integer value: 'many' for column `*any*`.`json_table`.`amount` at row 2 |
+---------+------+-----------------------------------------------------------------------------------+
+----+------------+
| id | amount     |
+----+------------+
|  1 | 2147483647 |
|  2 |          0 |
+----+------------+
ERROR 1264 (22003) at line 6: Out of range value for column 'amount' at row 1
ERROR 1366 (22007) at line 7: Incorrect integer value: 'many' for column `test`.`stock`.`amount` at row 1
ERROR 1264 (22003) at line 8: Out of range value for column 'amount' at row 1
ERROR 4178 (HY000) at line 9: Can't store an array or an object in the scalar column 'amount' of JSON_TABLE 't'.
END
