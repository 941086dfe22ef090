#!/bin/bash
# Galera: DELETE … LIMIT 1 RETURNING id returns two jobs to one worker, and one of them has gone to the worker of
# another node.
#
# Expected: a queue whose workers take a job by DELETE FROM job ORDER BY id LIMIT 1 RETURNING id, each on its own node,
# gives every job to one worker. Where two take the same one, one of them gets error 1213 or another job.
# What happens: the row is sent to the worker before the cluster refuses the DELETE. wsrep_retry_autocommit, which is
# on, then runs the statement again, and the row of the second run follows in the same result: LIMIT 1 returns jobs 1
# and 2, of which only 2 was deleted by this statement. Job 1 is done twice, and 1 and 2 by a program that reads all
# rows; one that reads the first row does 1 again and loses 2. With wsrep_retry_autocommit = 0 the statement ends with
# error 1213.
# Versions: MariaDB 11.8.9 and galera-4 26.4.23 of Debian 13 (10.11.19 of Debian 12 did the same), two nodes on
# loopback; mariadb 3.5.4; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 galera-4=26.4.23-0+deb13u1
node_packages mariadb@3.5.4

cluster trixie

js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
const connect = (node) => mariadb.createConnection({ socketPath: `${process.env.WORK}/${node}.sock`, user: 'root', database: 'test' })
const [one, two, shop, shopTwo] = await Promise.all(['one', 'two', 'one', 'two'].map(connect))
for (const watch of [shop, shopTwo]) await watch.query('SET SESSION wsrep_sync_wait = 1')
const ids = (rows) => rows.map(({ id }) => id).join(' and ')
const take = (worker) => worker.query('DELETE FROM job ORDER BY id LIMIT 1 RETURNING id').then((rows) => `job ${ids(rows)}`, (error) => `error ${error.errno}`)
for (const retry of [1, 0]) {
  for (const node of ['one', 'two']) await (await connect(node)).query(`SET GLOBAL wsrep_retry_autocommit = ${retry}`)
  const workers = await Promise.all(['one', 'two'].map(connect))
  const seen = new Map()
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await shop.query('CREATE OR REPLACE TABLE job (id INT PRIMARY KEY)')
    await shop.query('INSERT INTO job VALUES (1), (2), (3)')
    await shopTwo.query('SELECT * FROM job')
    const taken = await Promise.all(workers.map(take))
    seen.set(taken.sort().join('; '), `left: ${ids(await shop.query('SELECT id FROM job ORDER BY id'))}`)
  }
  // the longest answer is that of a conflict; without one there would only be "job 1; job 2"
  const [[answers, left]] = [...seen].sort(([a], [b]) => b.length - a.length)
  console.log(`wsrep_retry_autocommit ${retry}: the workers get ${answers}; ${left}`)
}
process.exit()
JS

unchanged <<'END'
wsrep_retry_autocommit 1: the workers get job 1; job 1 and 2; left: 3
wsrep_retry_autocommit 0: the workers get error 1213; job 1; left: 2 and 3
END
