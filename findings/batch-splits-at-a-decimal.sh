#!/bin/bash
# batch() of MariaDB's connector is one statement for the prices 4, 5, 6, and three for 4, 4.5, 6.
#
# Expected: batch() sends all rows in one bulk statement, which stores all of them or none: a duplicate key in the last
# row leaves the table empty. The documentation has no exception for numbers.
# What happens: the type of each parameter comes from its JavaScript value, an integer or a DOUBLE, and where it changes
# from one row to the next a new statement begins. Without a transaction each one commits by itself: the rows before the
# duplicate stay, and importing the mended file again fails at the first. A null or numbers as text do not split it.
# Versions: mariadb 3.5.4, MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same); seen on 2026-11-28, output
# at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4
server trixie db

js >"$work/seen" <<'JS'
import mariadb from 'mariadb'
const connection = await mariadb.createConnection({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' })
for (const prices of [[4, 5, 6], [4, 4.5, 6], [4, null, 6], ['4', '4.5', '6']]) {
  await connection.query('CREATE OR REPLACE TABLE product (id INT PRIMARY KEY, price DECIMAL(9,2))')
  const [first, second, last] = prices
  const rows = [[1, first], [2, second], [1, last]]
  const refused = await connection.batch('INSERT INTO product VALUES (?, ?)', rows).catch(({ errno }) => errno)
  const stored = await connection.query('SELECT id FROM product')
  console.log(JSON.stringify(prices), 'error', refused, 'stored', stored.length)
}
await connection.end()
JS

unchanged <<'END'
[4,5,6] error 1062 stored 0
[4,4.5,6] error 1062 stored 2
[4,null,6] error 1062 stored 0
["4","4.5","6"] error 1062 stored 0
END
