#!/bin/bash
# After end() of the mariadb connector, a statement that is still running is carried out and never answered.
#
# Expected: end() is the polite way to close a connection, and destroy() the other one. A statement that was sent before
# end() is answered: with its result, as by mysql2, or with an error, as by destroy().
# What happens: end() resolves at once. The server finishes the statement, and its row is in the table. But the promise
# of the statement is neither resolved nor rejected, so an `await` of it goes nowhere, and its `finally` does not run.
# Versions: mariadb 3.5.4, mysql2 3.24.6, MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4 mysql2@3.24.6
server trixie db

sql trixie db -e 'CREATE TABLE job (name VARCHAR(20) PRIMARY KEY)'
js >"$work/seen" <<'JS'
import { setTimeout as sleep } from 'node:timers/promises'
import * as mariadb from 'mariadb'
import mysql2 from 'mysql2/promise'
const to = { socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' }
const ways = {
  'mariadb end': [mariadb, (connection) => connection.end()],
  'mariadb destroy': [mariadb, (connection) => connection.destroy()],
  'mysql2 end': [mysql2, (connection) => connection.end()],
}
for (const [name, [driver, close]] of Object.entries(ways)) {
  const connection = await driver.createConnection(to)
  connection.on?.('error', () => undefined)
  const insert = connection.query('INSERT INTO job SELECT ? FROM (SELECT SLEEP(0.5)) AS pause', [name]).then(
    () => 'resolved',
    () => 'rejected',
  )
  await sleep(100)
  await close(connection)
  console.log(`${name}: the insert is`, await Promise.race([insert, sleep(5000, 'not answered after 5 s')]))
}
JS
sql trixie db -t -e "SELECT name FROM job WHERE name LIKE '%end'" >>"$work/seen"

unchanged <<'END'
mariadb end: the insert is not answered after 5 s
mariadb destroy: the insert is rejected
mysql2 end: the insert is resolved
+-------------+
| name        |
+-------------+
| mariadb end |
| mysql2 end  |
+-------------+
END
