#!/bin/bash
# With session_track_state_change, the connector runs a cached prepared statement in a database that was left.
#
# Expected: session_track_state_change = ON adds one entry to the answers of statements that change the session, which a
# client may skip. After USE, execute() reads the table of the database in use, as query() does.
# What happens: mariadb does not skip the entry's two bytes of content, and reads the first of them as the type of the
# next entry, a change of schema, with an empty name. Its cache of prepared statements has the name of the database in
# its keys, so the statements of all databases have the same key. After the first of them, each USE leaves execute() in
# the database of that statement. mysql2 has one key for all databases at any setting, and does the same also with OFF.
# Versions: mariadb 3.5.4, mysql2 3.24.6, MariaDB 11.8.9 of Debian 13; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4 mysql2@3.24.6
server trixie db

for name in north south; do
  sql trixie db -e "CREATE DATABASE $name; CREATE TABLE $name.place AS SELECT '$name' AS name"
done
js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
import mysql2 from 'mysql2/promise'
const to = { socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' }
const question = 'SELECT name FROM place'
for (const state of ['OFF', 'ON']) {
  const [a, b] = [await mariadb.createConnection(to), await mysql2.createConnection(to)]
  const ways = {
    'mariadb query  ': [a, (sql) => a.query(sql)],
    'mariadb execute': [a, (sql) => a.execute(sql)],
    'mysql2  execute': [b, async (sql) => (await b.execute(sql))[0]],
  }
  for (const connection of [a, b]) await connection.query(`SET session_track_state_change = ${state}`)
  for (const [name, [connection, ask]] of Object.entries(ways)) {
    const found = []
    for (const database of ['north', 'south', 'north']) {
      await connection.query(`USE ${database}`)
      found.push((await ask(question))[0].name)
    }
    console.log(state.padEnd(3), name, found.join(' '))
  }
  await a.end()
  await b.end()
}
JS

unchanged <<'END'
OFF mariadb query   north south north
OFF mariadb execute north south north
OFF mysql2  execute north north north
ON  mariadb query   north south north
ON  mariadb execute north north north
ON  mysql2  execute north north north
END
