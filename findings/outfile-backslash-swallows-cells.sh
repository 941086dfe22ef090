#!/bin/bash
# A text that ends with a backslash, in a CSV file of SELECT INTO OUTFILE: Papa Parse, csv-parser and csvtojson lose
# cells or rows after it, although they are told that a backslash escapes.
#
# Expected: OUTFILE with ENCLOSED BY '"' escapes quotes, backslashes and line ends with a backslash. A parser with the
# option for that escape character reads C:\ and a text of two lines; csv-parse does.
# What happens: three of the parsers know the character only in front of a quote. In "C:\\" they see an escaped quote
# and read on: csv-parser makes two rows of four, Papa Parse puts the next cell into the text. csvtojson ends a row at
# the line end within a text. csv-parser and csvtojson report nothing. fast-csv keeps the backslash of a line end.
# Versions: csv-parse 7.0.3, papaparse 5.7.1, csv-parser 3.2.1, csvtojson 2.0.14, fast-csv 5.0.8, MariaDB 11.8.9 of
# Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages csv-parse@7.0.3 papaparse@5.7.1 csv-parser@3.2.1 csvtojson@2.0.14 fast-csv@5.0.8
server trixie db

{
  sql trixie db -N <<SQL
CREATE TABLE place (id INT, path VARCHAR(20), note VARCHAR(20));
INSERT INTO place VALUES (1, 'C:\\\\', 'a'), (2, 'D:', 'two\\nlines'), (3, 'E:', 'say "hi"'), (4, 'F:', 'b');
SELECT * FROM place INTO OUTFILE '$work/place.csv' FIELDS TERMINATED BY ',' ENCLOSED BY '"';
SQL
  cat "$work/place.csv"
  js <<'JS'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import csvParser from 'csv-parser'
import csvtojson from 'csvtojson'
import { parseString } from 'fast-csv'
import Papa from 'papaparse'
const file = readFileSync(`${process.env.WORK}/place.csv`, 'utf8')
const escape = '\\'
const all = (stream) => new Promise((done) => { const rows = []; stream.on('data', (row) => rows.push(Object.values(row))).on('end', () => done(rows)) })
const show = (name, rows) => console.log(name, rows.length, 'rows', JSON.stringify(rows))
show('csv-parse', parse(file, { escape }))
show('papaparse', Papa.parse(file, { escapeChar: escape, skipEmptyLines: true }).data)
show('csv-parser', await all(Readable.from([file]).pipe(csvParser({ escape, headers: false }))))
show('csvtojson', await csvtojson({ noheader: true, output: 'csv', escape }).fromString(file))
show('fast-csv', await all(parseString(file, { escape })))
JS
} >"$work/seen"

unchanged <<'END'
"1","C:\\","a"
"2","D:","two\
lines"
"3","E:","say \"hi\""
"4","F:","b"
csv-parse 4 rows [["1","C:\\","a"],["2","D:","two\nlines"],["3","E:","say \"hi\""],["4","F:","b"]]
papaparse 4 rows [["1","C:\\\",\"a"],["2","D:","two\\\nlines"],["3","E:","say \"hi\""],["4","F:","b"]]
csv-parser 2 rows [["1","C:\\\",\"a\"\n\"2","D:","\"two\\"],["lines\"\n\"3\"","E:","say \"hi\"\"\n\"4","F:","\"b\"\n"]]
csvtojson 5 rows [["1","C:\\\\","a"],["2","D:",""],["lines\""],["3","E:","say \"hi\""],["4","F:","b"]]
fast-csv 4 rows [["1","C:\\","a"],["2","D:","two\\\nlines"],["3","E:","say \"hi\""],["4","F:","b"]]
END
