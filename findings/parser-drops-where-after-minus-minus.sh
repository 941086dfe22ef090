#!/bin/bash
# node-sql-parser takes 20--1 for a comment: UPDATE … SET stock = 20--1 WHERE id = 1 comes back without its WHERE.
#
# Expected: in the dialects MariaDB and MySQL two hyphens begin a comment only before a space or the end of a line, as
# the manuals of both say; 20--1 is 21, which programs write that put a negative number behind a minus. Statements that
# were parsed and written again (to add a tenant, to check tables, to move them) do what they did.
# What happens: the rest of the line is gone without an error. The UPDATE has no WHERE any more and sets every product,
# the DELETE has a half of it and deletes them all. The server and the connector, with its placeholders, read 5--3 as 8.
# Versions: node-sql-parser 5.4.0, mariadb 3.5.4 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages node-sql-parser@5.4.0 mariadb@3.5.4
server trixie db

js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
import sqlParser from 'node-sql-parser'
const shop = await mariadb.createConnection({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' })
const parser = new sqlParser.Parser()
const broken = -1
const update = `UPDATE product SET stock = 20-${broken} WHERE id = 1`
const remove = `DELETE FROM product WHERE stock > 5-${broken} AND id = 1`
const rewrite = (sql, database) => parser.sqlify(parser.astify(sql, { database }), { database })
for (const [name, sql] of [
  ['as written', [update, remove]],
  ['MariaDB', [update, remove].map((sql) => rewrite(sql, 'MariaDB'))],
  ['MySQL', [update, remove].map((sql) => rewrite(sql, 'MySQL'))],
]) {
  await shop.query('CREATE OR REPLACE TABLE product (id INT PRIMARY KEY, stock INT)')
  await shop.query('INSERT INTO product VALUES (1, 6), (2, 20), (3, 30)')
  for (const one of sql) {
    await shop.query(one)
    const rows = await shop.query('SELECT * FROM product')
    console.log(`${name}: ${one}\n  ${rows.map(({ id, stock }) => `${id}: ${stock}`).join(', ') || 'no rows'}`)
  }
}
const [{ sum }] = await shop.query('SELECT 5--? AS sum', [3])
console.log(`5--3 of the server: ${sum}; of the parser: ${rewrite('SELECT 5--3', 'MariaDB')}`)
await shop.end()
JS

unchanged <<'END'
as written: UPDATE product SET stock = 20--1 WHERE id = 1
  1: 21, 2: 20, 3: 30
as written: DELETE FROM product WHERE stock > 5--1 AND id = 1
  2: 20, 3: 30
MariaDB: UPDATE `product` SET `stock` = 20
  1: 20, 2: 20, 3: 20
MariaDB: DELETE FROM `product` WHERE `stock` > 5
  no rows
MySQL: UPDATE `product` SET `stock` = 20
  1: 20, 2: 20, 3: 20
MySQL: DELETE FROM `product` WHERE `stock` > 5
  no rows
5--3 of the server: 8; of the parser: SELECT 5
END
