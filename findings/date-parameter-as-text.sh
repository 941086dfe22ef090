#!/bin/bash
# A Date given to query() of the connector mariadb is written without leading zeros; where SQL compares it as a text,
# nine o'clock comes after ten.
#
# Expected: a Date parameter arrives as a timestamp in the standard form, and query(), execute() and the connector
# mysql2 agree about what a statement answers.
# What happens: query() of mariadb writes '2026-11-28 9:0:0'. A DATETIME column understands that, so it goes unnoticed
# until both sides of a comparison are texts: GREATEST(?, ?) takes nine o'clock for the later one, and what CONCAT,
# JSON_OBJECT or a text column gets sorts wrongly ever after. execute() of the same connector, and both ways of mysql2,
# answer ten o'clock. CAST(? AS DATETIME) around the parameter cures it.
# Versions: mariadb 3.5.4, mysql2 3.24.6, MariaDB 11.8.9 of Debian 13 (10.11.19 did the same); seen on 2026-11-28,
# output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4 mysql2@3.24.6
server trixie db

js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
import mysql2 from 'mysql2/promise'
const to = { socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' }
const [a, b] = [await mariadb.createConnection(to), await mysql2.createConnection(to)]
const nine = new Date('2026-11-28T09:00:00Z'), ten = new Date('2026-11-28T10:00:00Z')
const sql = "SELECT CONCAT(GREATEST(?, ?)) AS later, CONCAT(JSON_OBJECT('at', ?)) AS json, CONCAT(GREATEST(CAST(? AS DATETIME), CAST(? AS DATETIME))) AS cured"
const values = [nine, ten, nine, nine, ten]
console.log('mariadb query  ', JSON.stringify((await a.query(sql, values))[0]))
console.log('mariadb execute', JSON.stringify((await a.execute(sql, values))[0]))
console.log('mysql2  query  ', JSON.stringify((await b.query(sql, values))[0][0]))
console.log('mysql2  execute', JSON.stringify((await b.execute(sql, values))[0][0]))
await a.query('CREATE TABLE visit (at DATETIME, seen_at VARCHAR(30))')
for (const at of [nine, ten]) await a.query('INSERT INTO visit VALUES (?, ?)', [at, at])
console.log('by DATETIME    ', JSON.stringify((await a.query('SELECT seen_at FROM visit ORDER BY at')).map((r) => r.seen_at)))
console.log('by text        ', JSON.stringify((await a.query('SELECT seen_at FROM visit ORDER BY seen_at')).map((r) => r.seen_at)))
await a.end()
await b.end()
JS

unchanged <<'END'
mariadb query   {"later":"2026-11-28 9:0:0","json":"{\"at\": \"2026-11-28 9:0:0\"}","cured":"2026-11-28 10:00:00"}
mariadb execute {"later":"2026-11-28 10:00:00","json":"{\"at\": \"2026-11-28 09:00:00\"}","cured":"2026-11-28 10:00:00"}
mysql2  query   {"later":"2026-11-28 10:00:00.000","json":"{\"at\": \"2026-11-28 09:00:00.000\"}","cured":"2026-11-28 10:00:00"}
mysql2  execute {"later":"2026-11-28 10:00:00","json":"{\"at\": \"2026-11-28 09:00:00\"}","cured":"2026-11-28 10:00:00"}
by DATETIME     ["2026-11-28 9:0:0","2026-11-28 10:0:0"]
by text         ["2026-11-28 10:0:0","2026-11-28 9:0:0"]
END
