#!/bin/bash
# UPDATE … FOR PORTION OF gives the id of the row to the changed part: what referred to the rent of January refers to
# the summer.
#
# Expected: a rent of a year gets another price for the summer. The bills of January and February, which refer to it by
# a foreign key, belong to the part with the old price, whose dates include them.
# What happens: the row is cut into three. Its id, and every reference, stays with the part that was changed; the two
# with the old price are new rows with ids of their own, of which neither ROW_COUNT() nor LAST_INSERT_ID() says
# anything. The bill of January shows the summer's price. DELETE FOR PORTION OF leaves no row with the id at all, and a
# foreign key refuses it, even with ON DELETE CASCADE.
# Versions: MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -t >"$work/seen" <<'SQL'
CREATE TABLE rent (id INT AUTO_INCREMENT PRIMARY KEY, price INT, since DATE, until DATE, PERIOD FOR stay (since, until));
CREATE TABLE bill (month DATE, rent_id INT, FOREIGN KEY (rent_id) REFERENCES rent (id) ON DELETE CASCADE);
INSERT INTO rent VALUES (1, 100, '2026-01-01', '2027-01-01');
INSERT INTO bill VALUES ('2026-01-01', 1), ('2026-02-01', 1);
UPDATE rent FOR PORTION OF stay FROM '2026-06-01' TO '2026-09-01' SET price = 150;
SELECT ROW_COUNT(), LAST_INSERT_ID();
SELECT * FROM rent ORDER BY since;
SELECT month, price, since, until FROM bill JOIN rent ON id = rent_id ORDER BY month;
SQL
sql trixie db -e "DELETE FROM rent FOR PORTION OF stay FROM '2026-07-01' TO '2026-08-01'" 2>&1 | grep ^ERROR >>"$work/seen"

unchanged <<'END'
+-------------+------------------+
| ROW_COUNT() | LAST_INSERT_ID() |
+-------------+------------------+
|           1 |                0 |
+-------------+------------------+
+----+-------+------------+------------+
| id | price | since      | until      |
+----+-------+------------+------------+
|  2 |   100 | 2026-01-01 | 2026-06-01 |
|  1 |   150 | 2026-06-01 | 2026-09-01 |
|  3 |   100 | 2026-09-01 | 2027-01-01 |
+----+-------+------------+------------+
+------------+-------+------------+------------+
| month      | price | since      | until      |
+------------+-------+------------+------------+
| 2026-01-01 |   150 | 2026-06-01 | 2026-09-01 |
| 2026-02-01 |   150 | 2026-06-01 | 2026-09-01 |
+------------+-------+------------+------------+
ERROR 1451 (23000) at line 1: Cannot delete or update a parent row: a foreign key constraint fails (`test`.`bill`, CONSTRAINT `bill_ibfk_1` FOREIGN KEY (`rent_id`) REFERENCES `rent` (`id`) ON DELETE CASCADE)
END
