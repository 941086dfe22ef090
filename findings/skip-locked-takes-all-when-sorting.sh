#!/bin/bash
# FOR UPDATE SKIP LOCKED with LIMIT 1 locks a hundred jobs where the order needs a sort: the second worker finds none.
#
# Expected: a queue whose workers take their job by SELECT … ORDER BY … LIMIT 1 FOR UPDATE SKIP LOCKED gives every
# worker another job: one row is returned, one row is locked.
# What happens: so it is as long as the rows are read in the order asked for. Where they have to be sorted first, every
# row that goes into the sort is locked, whatever LIMIT says, in READ COMMITTED too: of a hundred free jobs the first
# worker gets one, and the second gets no row and no error, as if the queue were empty, until the first commits. An
# index that gives the order (here on state, prio and id) makes it right.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 of Debian 12 did the same), mariadb 3.5.4; seen on 2026-11-28, output
# at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4
server trixie db

sql trixie db -e "CREATE TABLE job (id INT PRIMARY KEY, state VARCHAR(10), prio INT, KEY (state)); INSERT INTO job SELECT seq, 'new', seq % 7 FROM seq_1_to_100"
js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
const connect = () => mariadb.createConnection({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' })
const [one, two] = [await connect(), await connect()]
const take = (order) => `SELECT id FROM job WHERE state = 'new' ORDER BY ${order} LIMIT 1 FOR UPDATE SKIP LOCKED`
const workers = async (level, order) => {
  for (const worker of [one, two]) await worker.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`)
  for (const worker of [one, two]) await worker.query('START TRANSACTION')
  const first = await one.query(take(order)), second = await two.query(take(order))
  for (const worker of [one, two]) await worker.query('ROLLBACK')
  console.log(`${level.padEnd(15)} ORDER BY ${order.padEnd(9)} first worker: ${first.length} job, second worker: ${second.length}`)
}
for (const level of ['REPEATABLE READ', 'READ COMMITTED']) for (const order of ['id', 'prio, id']) await workers(level, order)
await one.query('ALTER TABLE job DROP KEY state, ADD KEY (state, prio, id)')
console.log('with an index on state, prio, id:')
await workers('READ COMMITTED', 'prio, id')
await one.end()
await two.end()
JS

unchanged <<'END'
REPEATABLE READ ORDER BY id        first worker: 1 job, second worker: 1
REPEATABLE READ ORDER BY prio, id  first worker: 1 job, second worker: 0
READ COMMITTED  ORDER BY id        first worker: 1 job, second worker: 1
READ COMMITTED  ORDER BY prio, id  first worker: 1 job, second worker: 0
with an index on state, prio, id:
READ COMMITTED  ORDER BY prio, id  first worker: 1 job, second worker: 1
END
