#!/bin/bash
# Galera: two nodes commit overlapping bookings at the same time, both COMMITs succeed, and one of the bookings is on no
# node.
#
# Expected: UNIQUE (room, period WITHOUT OVERLAPS) holds in the cluster as well: one of the two transactions gets error
# 1213 at its COMMIT, and its program tries again. So it is with UNIQUE on the room and a day.
# What happens: Galera compares the keys of the two transactions, which differ for two overlapping periods, and lets
# both pass. Then the second cannot be applied, on either node; they vote, agree, and drop it. Its program has long been
# told that the COMMIT is done. The same with UNIQUE on a TEXT column, and with 'abc' and 'abc ' in a VARCHAR. Only the
# log of the server tells (Duplicate entry; unexpected trx release state). If the second COMMIT is sent later, it gets
# 1213.
# Versions: MariaDB 11.8.9 and galera-4 26.4.23 of Debian 13 (10.11.19 of Debian 12 did the same), two nodes on
# loopback; mariadb 3.5.4; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 galera-4=26.4.23-0+deb13u1
node_packages mariadb@3.5.4

cluster trixie

js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
const connect = (node) => mariadb.createConnection({ socketPath: `${process.env.WORK}/${node}.sock`, user: 'root', database: 'test', bigIntAsNumber: true })
const [one, two, watchOne, watchTwo] = await Promise.all(['one', 'two', 'one', 'two'].map(connect))
for (const watch of [watchOne, watchTwo]) await watch.query('SET SESSION wsrep_sync_wait = 1')
const answer = (connection, sql) => connection.query(sql).then(() => 'done', (error) => `error ${error.errno}`)
const ids = async (watch) => (await watch.query('SELECT id FROM booking ORDER BY id')).map(({ id }) => id).join(' and ')
for (const [what, columns, first, second] of [
  ['room and day', 'room INT, day DATE, UNIQUE (room, day)', "7, '2026-01-05'", "7, '2026-01-05'"],
  ['WITHOUT OVERLAPS', 'room INT, a DATE, b DATE, PERIOD FOR stay (a, b), UNIQUE (room, stay WITHOUT OVERLAPS)', "7, '2026-01-01', '2026-01-10'", "7, '2026-01-05', '2026-01-15'"],
  ['TEXT', 'url TEXT, UNIQUE (url)', "'https://example.com/a'", "'https://example.com/a'"],
  ['VARCHAR, space', 'code VARCHAR(9), UNIQUE (code)', "'abc'", "'abc '"],
]) {
  const seen = new Set()
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await watchOne.query(`CREATE OR REPLACE TABLE booking (id INT PRIMARY KEY, ${columns})`)
    await ids(watchTwo)
    for (const node of [one, two]) await node.query('START TRANSACTION')
    await one.query(`INSERT INTO booking VALUES (1, ${first})`)
    await two.query(`INSERT INTO booking VALUES (2, ${second})`)
    const commits = await Promise.all([answer(one, 'COMMIT'), answer(two, 'COMMIT')])
    const stored = [await ids(watchOne), await ids(watchTwo)]
    const both = commits.every((commit) => commit === 'done')
    seen.add(`${both ? 'both COMMITs done' : 'one COMMIT is error 1213'}, ${stored.every((rows) => /^[12]$/.test(rows)) ? 'one booking on both nodes' : stored.join(' | ')}`)
  }
  for (const line of [...seen].sort().slice(0, 1)) console.log(`${what.padEnd(16)}: ${line}`)
}
process.exit()
JS

unchanged <<'END'
room and day    : one COMMIT is error 1213, one booking on both nodes
WITHOUT OVERLAPS: both COMMITs done, one booking on both nodes
TEXT            : both COMMITs done, one booking on both nodes
VARCHAR, space  : both COMMITs done, one booking on both nodes
END
