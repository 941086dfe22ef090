#!/bin/bash
# The same statement with the same numbers: query() and execute() compute different cents, in both connectors.
#
# Expected: whether a statement is sent as text or prepared changes its speed and not its result. price is
# DECIMAL(10,2), and 19 % of 3.50 is 0.665, which DECIMAL rounds to 0.67.
# What happens: in a prepared statement a JavaScript number that is no integer is bound as DOUBLE, so the product is a
# DOUBLE, and ROUND of a DOUBLE rounds to 0.66. In the text of query() the same 0.19 is a DECIMAL literal. Of the 5,000
# prices from 0.01 to 50.00 the tax of 25 differs. A number given as string is a DOUBLE in both ways; only CAST(? AS
# DECIMAL(5,4)) gives 0.67 everywhere.
# Versions: mariadb 3.5.4, mysql2 3.24.6, MariaDB 11.8.9 of Debian 13 (10.11.19 did the same); seen on 2026-11-28,
# output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4 mysql2@3.24.6
server trixie db

sql trixie db -e 'CREATE TABLE product (price DECIMAL(10,2) PRIMARY KEY); INSERT INTO product SELECT seq / 100 FROM seq_1_to_5000'
js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
import mysql2 from 'mysql2/promise'
const to = { socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' }
const [a, b] = [await mariadb.createConnection(to), await mysql2.createConnection(to)]
const ways = {
  'mariadb query  ': async (sql, values) => a.query(sql, values),
  'mariadb execute': async (sql, values) => a.execute(sql, values),
  'mysql2  query  ': async (sql, values) => (await b.query(sql, values))[0],
  'mysql2  execute': async (sql, values) => (await b.execute(sql, values))[0],
}
const tax = (x) => `SELECT CONCAT(ROUND(price * ${x}, 2)) AS tax FROM product WHERE price = 3.50`
const differ = 'SELECT CONCAT(COUNT(*)) AS n FROM product WHERE ROUND(price * ?, 2) <> ROUND(price * 0.19, 2)'
for (const [name, ask] of Object.entries(ways)) {
  const [{ tax: number }] = await ask(tax('?'), [0.19])
  const [{ tax: string }] = await ask(tax('?'), ['0.19'])
  const [{ tax: cast }] = await ask(tax('CAST(? AS DECIMAL(5,4))'), [0.19])
  const [{ n }] = await ask(differ, [0.19])
  console.log(name, { number, string, cast, differ: n })
}
await a.end()
await b.end()
JS

unchanged <<'END'
mariadb query   { number: '0.67', string: '0.66', cast: '0.67', differ: '0' }
mariadb execute { number: '0.66', string: '0.66', cast: '0.67', differ: '25' }
mysql2  query   { number: '0.67', string: '0.66', cast: '0.67', differ: '0' }
mysql2  execute { number: '0.66', string: '0.66', cast: '0.67', differ: '25' }
END
