#!/bin/bash
# mysql2: a statement that its option timeout ended is committed with the transaction, and the pool lends its busy
# connection to the next caller.
#
# Expected: after PROTOCOL_SEQUENCE_TIMEOUT the outcome of the statement is open, so the connection is closed, as the
# package mysql, whose interface mysql2 has, does; the transaction is rolled back, and the pool opens another
# connection.
# What happens: only the client stops waiting. The connection stays open and counts as free: the next caller's SELECT 1
# waits behind the statement for as long as that takes. A program that catches the error and commits what it did
# otherwise, such as a sale without its optional gift, commits the gift too.
# Versions: mysql2 3.24.6, mysql 2.18.1, MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mysql2@3.24.6 mysql@2.18.1
server trixie db

sql trixie db -e 'CREATE TABLE line (product VARCHAR(9))'
js >"$work/seen" <<'JS'
import mysql from 'mysql'
import mysql2 from 'mysql2'
import { promisify } from 'node:util'
const options = { socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' }
for (const [name, library] of Object.entries({ mysql, mysql2 })) {
  const pool = library.createPool({ ...options, connectionLimit: 1 })
  const ask = (on, sql) => new Promise((resolve, reject) => on.query(sql, (error, rows) => (error ? reject(error) : resolve(rows))))
  await ask(pool, 'DELETE FROM line')
  const connection = await promisify(pool.getConnection).call(pool)
  const [{ id }] = await ask(connection, 'SELECT CONNECTION_ID() AS id')
  const say = (text) => console.log(name.padEnd(6), text)
  await ask(connection, 'START TRANSACTION')
  await ask(connection, "INSERT INTO line VALUES ('table')")
  const gift = "INSERT INTO line SELECT 'gift' FROM (SELECT SLEEP(2)) AS slow"
  await ask(connection, { sql: gift, timeout: 500 }).catch((error) => say(`gift: ${error.code}`))
  await ask(connection, 'COMMIT').then(() => say('commit: done'), (error) => say(`commit: ${error.code}`))
  connection.release()
  say(`stored: ${(await ask(pool, 'SELECT product FROM line')).map(({ product }) => product).join(', ') || 'nothing'}`)

  await ask(pool, { sql: 'SELECT SLEEP(2)', timeout: 500 }).catch((error) => say(`report: ${error.code}`))
  const start = Date.now()
  const [next] = await ask(pool, 'SELECT CONNECTION_ID() AS id')
  say(`the next caller ${Date.now() - start > 1000 ? 'waits for the report' : 'does not wait'}, on ${next.id === id ? 'the same connection' : 'another connection'}`)
  await new Promise((resolve) => pool.end(resolve))
}
JS

unchanged <<'END'
mysql  gift: PROTOCOL_SEQUENCE_TIMEOUT
mysql  commit: PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR
mysql  stored: nothing
mysql  report: PROTOCOL_SEQUENCE_TIMEOUT
mysql  the next caller does not wait, on another connection
mysql2 gift: PROTOCOL_SEQUENCE_TIMEOUT
mysql2 commit: done
mysql2 stored: table, gift
mysql2 report: PROTOCOL_SEQUENCE_TIMEOUT
mysql2 the next caller waits for the report, on the same connection
END
