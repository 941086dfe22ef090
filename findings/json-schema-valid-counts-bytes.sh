#!/bin/bash
# JSON_SCHEMA_VALID counts the bytes of a string as it is written in the document, where JSON Schema counts characters.
#
# Expected: {"maxLength": 4} accepts "café", four characters, however the document writes them: JSON_VALUE reads the
# same text from both spellings, and json_encode of PHP and json.dumps of Python write é as \u00e9 unless told otherwise.
# What happens: é counts as two written as itself, and as six written as \u00e9. A CHECK constraint with a maxLength
# refuses names that fit, and minLength accepts names that are too short. A pattern sees the escape, too: "^caf.$" does
# not match "caf\u00e9".
# Versions: MariaDB 11.8.9 of Debian 13; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
server trixie db

sql trixie db --force >"$work/seen" 2>"$work/refused" <<'SQL' || true
CREATE TABLE shop (doc JSON CHECK (JSON_SCHEMA_VALID('{"properties": {"name": {"maxLength": 4}}}', doc)));
INSERT INTO shop VALUES ('{"name": "cafe"}');
INSERT INTO shop VALUES ('{"name": "café"}');
INSERT INTO shop VALUES ('{"name": "caf\\u00e9"}');
SELECT doc FROM shop;
SELECT JSON_VALUE(doc, '$.name') AS name, CHAR_LENGTH(JSON_VALUE(doc, '$.name')) AS characters, JSON_SCHEMA_VALID('{"properties": {"name": {"maxLength": 4}}}', doc) AS at_most_4,
  JSON_SCHEMA_VALID('{"properties": {"name": {"minLength": 9}}}', doc) AS at_least_9, JSON_SCHEMA_VALID('{"properties": {"name": {"pattern": "^caf.$"}}}', doc) AS pattern
  FROM (SELECT '{"name": "cafe"}' AS doc UNION ALL SELECT '{"name": "café"}' UNION ALL SELECT '{"name": "caf\\u00e9"}') docs;
SQL
grep ^ERROR "$work/refused" >>"$work/seen"

unchanged <<'END'
doc
{"name": "cafe"}
name	characters	at_most_4	at_least_9	pattern
cafe	4	1	0	1
café	4	0	0	1
café	4	0	1	0
ERROR 4025 (23000) at line 3: CONSTRAINT `shop.doc` failed for `test`.`shop`
ERROR 4025 (23000) at line 4: CONSTRAINT `shop.doc` failed for `test`.`shop`
END
