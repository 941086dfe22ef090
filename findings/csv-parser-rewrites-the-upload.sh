#!/bin/bash
# csv-parser overwrites the file that it is given: the second reading of an upload has one order where there were three.
#
# Expected: an upload that lies in memory, as multer's memoryStorage gives it, can be read twice: once to check it, once
# to import it. A parser only reads.
# What happens: csv-parser unescapes a doubled quote within the Buffer that was written to it. After 12"" the bytes
# behind it have moved, and the closing quote is another one, so the second reading ends the row at the end of the file.
# It has no error, strict mode included. What is stored or hashed afterwards is not the upload any more. A stream of a
# file on disk has new Buffers each time. Papa Parse, csv-parse and fast-csv leave the Buffer as it was.
# Versions: csv-parser 3.2.1, papaparse 5.7.1, csv-parse 7.0.3, fast-csv 5.0.8; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

node_packages csv-parser@3.2.1 papaparse@5.7.1 csv-parse@7.0.3 fast-csv@5.0.8

js >"$work/seen" <<'JS'
import csvParser from 'csv-parser'
import { parse } from 'csv-parse'
import { parse as fast } from 'fast-csv'
import Papa from 'papaparse'
const text = 'order,price,item\n1,30,"Pan 12"" flat"\n2,10,Lid\n3,20,"Pan 8"""\n'
const parsers = {
  'csv-parser': () => csvParser({ strict: true }),
  papaparse: () => Papa.parse(Papa.NODE_STREAM_INPUT, { header: true }),
  'csv-parse': () => parse({ columns: true }),
  'fast-csv': () => fast({ headers: true }),
}
for (const [name, create] of Object.entries(parsers)) {
  const upload = Buffer.from(text)
  for (const reading of ['first', 'second']) {
    const parser = create()
    parser.end(upload)
    const rows = []
    for await (const row of parser) rows.push(row)
    console.log(`${name}, ${reading} reading: ${rows.length} orders, the sum is ${rows.reduce((sum, { price }) => sum + Number(price), 0)}`)
  }
  if (upload.toString() !== text) console.log(upload.toString())
}
JS

unchanged <<'END'
csv-parser, first reading: 3 orders, the sum is 60
csv-parser, second reading: 1 orders, the sum is 30
order,price,item
1,30,"Pan 12" flatt"
2,10,Lid
3,20,"Pan 8""


papaparse, first reading: 3 orders, the sum is 60
papaparse, second reading: 3 orders, the sum is 60
csv-parse, first reading: 3 orders, the sum is 60
csv-parse, second reading: 3 orders, the sum is 60
fast-csv, first reading: 3 orders, the sum is 60
fast-csv, second reading: 3 orders, the sum is 60
END
