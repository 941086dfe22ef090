#!/bin/bash
# JSON_EXTRACT does not find a key that is written with \u escapes; JSON_VALUE, with the same document and path, does.
#
# Expected: {"Gr\u00f6\u00dfe": 42}, as json.dumps of Python writes {"Größe": 42}, has the key Größe. JSON_VALUE,
# JSON_EXISTS, JSON_TABLE and JSON_SET say so.
# What happens: JSON_EXTRACT gives NULL, and so does every generated column, condition and report that is built on it.
# It finds the key only by a path with the same escapes, which in turn does not find the key written as itself.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db >"$work/seen" <<'SQL'
CREATE TABLE shoe (doc JSON, size INT AS (JSON_EXTRACT(doc, '$.Größe')) STORED);
INSERT INTO shoe (doc) VALUES ('{"Größe": 42}'), ('{"Gr\\u00f6\\u00dfe": 42}');
SELECT size, JSON_EXTRACT(doc, '$.Größe') AS extract, JSON_EXTRACT(doc, '$."Gr\\u00f6\\u00dfe"') AS extract_escaped, JSON_VALUE(doc, '$.Größe') AS value,
  JSON_EXISTS(doc, '$.Größe') AS present, (SELECT t.size FROM JSON_TABLE(doc, '$' COLUMNS (size INT PATH '$.Größe')) t) AS json_table, JSON_VALUE(JSON_SET(doc, '$.Größe', 43), '$.Größe') AS after_set
  FROM shoe\G
SELECT COUNT(*) AS of_size_42 FROM shoe WHERE JSON_EXTRACT(doc, '$.Größe') = 42;
SQL

unchanged <<'END'
*************************** 1. row ***************************
           size: 42
        extract: 42
extract_escaped: NULL
          value: 42
        present: 1
     json_table: 42
      after_set: 43
*************************** 2. row ***************************
           size: NULL
        extract: NULL
extract_escaped: 42
          value: 42
        present: 1
     json_table: 42
      after_set: 43
of_size_42
1
END
