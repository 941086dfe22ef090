#!/bin/bash
# @vlasky/zongji reads a TIME of -00:30:00 from the binary log as -00:29:64, and a TIMESTAMP of 2040 as one of 1903.
#
# Expected: a listener of the binary log sees the values of the row; its README says that they agree with those of
# queries, and that it is tested with MariaDB 11.8.
# What happens: the log stores a negative TIME as a complement. The listener takes the complement of each part by itself
# and adds 1 to the seconds without carrying: wrong for every negative time with 0 seconds, so also for whole minutes
# and hours, and right for the others. TIMESTAMP is unsigned since MariaDB 11.5, up to 2106; it is read as signed. There
# is no error: what follows the log, such as an account of working hours or the end of a contract, has other values.
# Versions: @vlasky/zongji 0.9.0 and MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages @vlasky/zongji@0.9.0 mysql2@3.24.6
server trixie db --server-id=1 --log-bin="$work/log" --binlog-format=ROW --binlog-row-metadata=FULL

js >"$work/seen" <<'JS'
import ZongJi from '@vlasky/zongji'
import mysql2 from 'mysql2/promise'
const settings = { socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test', dateStrings: true, timezone: 'Z' }
const shop = await mysql2.createConnection(settings)
await shop.query("SET time_zone = '+00:00'")
await shop.query('CREATE TABLE account (id INT PRIMARY KEY, balance TIME, expires TIMESTAMP NULL)')
const [[{ File: filename, Position: position }]] = await shop.query('SHOW MASTER STATUS')
const zongji = new ZongJi(settings)
const read = new Promise((resolve, reject) => {
  zongji.on('binlog', (event) => event.rows && resolve(event.rows))
  zongji.on('error', reject)
})
zongji.start({ filename, position, includeEvents: ['tablemap', 'writerows'] })
await shop.query(`INSERT INTO account VALUES (1, '-00:30:01', '2037-12-31 23:59:59'), (2, '-00:30:00', '2040-01-01 00:00:00'),
  (3, '-08:00:00', '2026-11-29 10:00:00'), (4, '00:30:00', '2106-01-01 00:00:00')`)
const logged = await read
const [stored] = await shop.query('SELECT * FROM account ORDER BY id')
for (const [n, { id, balance, expires }] of stored.entries())
  console.log(`${id}: ${balance} read as ${logged[n].balance}, ${expires} as ${logged[n].expires}`)
process.exit()
JS

unchanged <<'END'
1: -00:30:01 read as -00:30:01, 2037-12-31 23:59:59 as 2037-12-31 23:59:59
2: -00:30:00 read as -00:29:64, 2040-01-01 00:00:00 as 1903-11-25 17:31:44
3: -08:00:00 read as -07:63:64, 2026-11-29 10:00:00 as 2026-11-29 10:00:00
4: 00:30:00 read as 00:30:00, 2106-01-01 00:00:00 as 1969-11-24 17:31:44
END
