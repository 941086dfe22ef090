#!/bin/bash
# Two clients that poll information_schema.INNODB_TRX blind each other: neither sees what happens any more.
#
# Expected: each SELECT from INNODB_TRX, INNODB_LOCKS and INNODB_LOCK_WAITS shows the transactions of this moment, or of
# a tenth of a second ago at most.
# What happens: the three views share one copy, which is made anew only if nobody has read it for a tenth of a second.
# Each reading starts that time again. One client that asks every 80 ms, or two that ask every 150 ms in turn, keep an
# old copy alive without end: a statement that waits for a row for two seconds is never listed, and one that has long
# ended still is. SHOW ENGINE INNODB STATUS has no such copy, and lists the waiting transaction at once.
# Versions: MariaDB 11.8.9 of Debian 13 (10.11.19 did the same); seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4
server trixie db

js >"$work/seen" <<'JS'
import { setTimeout as sleep } from 'node:timers/promises'
import * as mariadb from 'mariadb'
const open = () => mariadb.createConnection({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' })
const [holder, waiter, one, two] = await Promise.all([open(), open(), open(), open()])
await holder.query('CREATE TABLE stock (id INT PRIMARY KEY, number INT)')
await holder.query('INSERT INTO stock VALUES (1, 1)')

const views = {
  INNODB_TRX: async (client) => (await client.query("SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'")).length,
  'INNODB STATUS': async (client) => (await client.query('SHOW ENGINE INNODB STATUS'))[0].Status.split('\nLOCK WAIT ').length - 1,
}

/** Whether the wait of two seconds is ever seen by clients that ask every so many milliseconds, half a turn apart. */
async function seen(view, clients, everyMs) {
  let asking = true
  let most = 0
  const poll = async (client, n) => {
    await sleep((n * everyMs) / clients.length)
    let next = performance.now()
    while (asking) {
      most = Math.max(most, await views[view](client))
      next += everyMs
      await sleep(next - performance.now())
    }
  }
  const polls = clients.map(poll)
  await sleep(300)
  await holder.query('START TRANSACTION')
  await holder.query('UPDATE stock SET number = 2')
  const wait = waiter.query('UPDATE stock SET number = 3')
  await sleep(2000)
  asking = false
  await Promise.all(polls)
  await holder.query('ROLLBACK')
  await wait
  await sleep(300)
  console.log(`${view}, ${clients.length} every ${everyMs} ms: ${most > 0 ? 'seen' : 'never seen'}`)
}

await seen('INNODB_TRX', [one], 150)
await seen('INNODB_TRX', [one, two], 150)
await seen('INNODB_TRX', [one], 80)
await seen('INNODB STATUS', [one, two], 150)
await Promise.all([holder, waiter, one, two].map((client) => client.end()))
JS

unchanged <<'END'
INNODB_TRX, 1 every 150 ms: seen
INNODB_TRX, 2 every 150 ms: never seen
INNODB_TRX, 1 every 80 ms: never seen
INNODB STATUS, 2 every 150 ms: seen
END
