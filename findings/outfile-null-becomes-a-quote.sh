#!/bin/bash
# SELECT INTO OUTFILE and LOAD DATA with the same clauses: the rows that hold NULL are lost, without error or warning.
#
# Expected: a file written with ENCLOSED BY '"' ESCAPED BY '"' is the CSV of RFC 4180 (a quote within a text is
# doubled), and LOAD DATA with the same clauses reads what was written; the manuals of the two statements give them the
# same clauses for that purpose.
# What happens: NULL is written as the escape character and N. With the quote as escape character this is "N, a quoted
# text that no quote ends. LOAD DATA takes everything up to the next quote before a separator for the text: of four
# rows two come in, each text is made of two rows, and neither an error nor a warning says so, in strict mode. A CSV
# parser (csv-parse) refuses the same file.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same), csv-parse 7.0.3; seen on 2026-11-28,
# output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages csv-parse@7.0.3
server trixie db

clauses="FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '\"' LINES TERMINATED BY '\\n'"
{
  sql trixie db -t <<SQL
CREATE TABLE note (id INT, note VARCHAR(50));
INSERT INTO note VALUES (1, NULL), (2, 'a'), (3, NULL), (4, 'b');
SELECT * FROM note INTO OUTFILE '$work/note.csv' $clauses;
CREATE TABLE again LIKE note;
LOAD DATA INFILE '$work/note.csv' INTO TABLE again $clauses;
SHOW WARNINGS;
SELECT id, REPLACE(note, '\n', '<newline>') AS note FROM again;
SQL
  echo 'The file:'
  cat "$work/note.csv"
  js <<'JS'
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
try { console.log('csv-parse:', parse(readFileSync(`${process.env.WORK}/note.csv`))) } catch (e) { console.log('csv-parse:', e.code) }
JS
} >"$work/seen"

unchanged <<'END'
+------+----------------+
| id   | note           |
+------+----------------+
|    1 | N<newline>2,"a |
|    3 | N<newline>4,"b |
+------+----------------+
The file:
1,"N
2,"a"
3,"N
4,"b"
csv-parse: CSV_INVALID_CLOSING_QUOTE
END
