#!/bin/bash
# ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4 makes a JSON column ignore case: SKU abc then is ABC, and is refused as
# its duplicate.
#
# Expected: the statement is for the texts of a table; JSON compares its strings by code points, has utf8mb4 already,
# and stays what it was.
# What happens: the column becomes a LONGTEXT of the collation of the table. JSON_VALUE takes over this collation, so a
# WHERE finds other rows than before, and a unique key refuses a document that differs in case only. The CHECK by
# JSON_VALID stays, so the column still looks like JSON. ALTER TABLE … MODIFY … JSON makes it right again.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db -e "CREATE TABLE product (id INT PRIMARY KEY, document JSON, UNIQUE (document)); INSERT INTO product VALUES (1, '{\"sku\": \"abc\"}')"
look() {
  { echo "$1"
    sql trixie db -N -r -e 'SHOW CREATE TABLE product' | grep longtext
    sql trixie db -N -e "SELECT CONCAT('  rows found by ABC: ', COUNT(*)) FROM product WHERE JSON_VALUE(document, '$.sku') = 'ABC'"
    sql trixie db -e "INSERT INTO product VALUES (2, '{\"sku\": \"ABC\"}')" 2>&1 | grep ^ERROR || echo '  a second product, ABC, is accepted'
    sql trixie db -e 'DELETE FROM product WHERE id = 2'; } >>"$work/seen"
}
look 'as created'
sql trixie db -e 'ALTER TABLE product CONVERT TO CHARACTER SET utf8mb4'
look 'after CONVERT TO CHARACTER SET utf8mb4'
sql trixie db -e 'ALTER TABLE product MODIFY document JSON'
look 'after MODIFY document JSON'

unchanged <<'END'
as created
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`document`)),
  rows found by ABC: 0
  a second product, ABC, is accepted
after CONVERT TO CHARACTER SET utf8mb4
  `document` longtext DEFAULT NULL CHECK (json_valid(`document`)),
  rows found by ABC: 1
ERROR 1062 (23000) at line 1: Duplicate entry '{"sku": "ABC"}' for key 'document'
after MODIFY document JSON
  `document` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`document`)),
  rows found by ABC: 0
  a second product, ABC, is accepted
END
