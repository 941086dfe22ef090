#!/bin/bash
# After COM_RESET_CONNECTION, wsrep_sync_wait does nothing on that connection, and reads of a Galera node are stale.
#
# Expected: with wsrep_sync_wait = 1, a SELECT first waits until the node has applied what the cluster has committed, on
# every connection. A pool that resets its sessions (resetAfterUse of mariadb, mysql_reset_connection() elsewhere) gives
# out connections that are as good as new.
# What happens: after a reset, the variable can be set and reads 1, and no SELECT waits any more: the node does not even
# count a causal read. Nothing says so. Writes are still replicated. The same after COM_CHANGE_USER.
# Versions: MariaDB 10.11.19 and 11.8.9, galera-4 26.4.23 of Debian 12 and 13; mariadb 3.5.4; one node each; seen on
# 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1 galera-4=26.4.23-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 galera-4=26.4.23-0+deb13u1
node_packages mariadb@3.5.4

port=$((20000 + RANDOM % 10000))
for suite in bookworm trixie; do
  server "$suite" "$suite-node" --binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-on=ON --wsrep-provider="$work/$suite/usr/lib/galera/libgalera_smm.so" \
    --wsrep-cluster-name=finding --wsrep-cluster-address=gcomm:// --wsrep-node-name="$suite" --wsrep-node-address="127.0.0.1:$port" \
    --wsrep-provider-options="base_port=$port;gmcast.listen_addr=tcp://127.0.0.1:$port;gcache.size=32M"
  until [ "$(sql "$suite" "$suite-node" -N -e "SHOW STATUS LIKE 'wsrep_ready'" | cut -f 2)" = ON ]; do sleep 0.2; done
  sql "$suite" "$suite-node" -e 'CREATE TABLE test.t (id INT PRIMARY KEY)'
  port=$((port + 10))
done

js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
let id = 0
for (const suite of ['bookworm', 'trixie']) {
  const to = { socketPath: `${process.env.WORK}/${suite}-node.sock`, user: 'root', database: 'test' }
  const watch = await mariadb.createConnection(to)
  const count = async (name) => Number((await watch.query(`SHOW GLOBAL STATUS LIKE '${name}'`))[0].Value)
  for (const [how, renew] of [['new', () => undefined], ['reset', (c) => c.reset()], ['changed user', (c) => c.changeUser({ user: 'root' })]]) {
    const connection = await mariadb.createConnection(to)
    await renew(connection)
    await connection.query('SET SESSION wsrep_sync_wait = 1')
    const before = [await count('wsrep_causal_reads'), await count('wsrep_replicated')]
    for (let n = 0; n < 5; n += 1) await connection.query('SELECT * FROM test.t')
    for (let n = 0; n < 5; n += 1) await connection.query('INSERT INTO test.t VALUES (?)', [(id += 1)])
    const [{ wait }] = await connection.query('SELECT @@wsrep_sync_wait AS wait')
    const after = [await count('wsrep_causal_reads'), await count('wsrep_replicated')]
    console.log(`${suite} ${how.padEnd(12)} wsrep_sync_wait ${wait}: ${after[0] - before[0]} waits, ${after[1] - before[1]} writes replicated`)
    await connection.end()
  }
  await watch.end()
}
JS

unchanged <<'END'
bookworm new          wsrep_sync_wait 1: 6 waits, 5 writes replicated
bookworm reset        wsrep_sync_wait 1: 0 waits, 5 writes replicated
bookworm changed user wsrep_sync_wait 1: 0 waits, 5 writes replicated
trixie new          wsrep_sync_wait 1: 6 waits, 5 writes replicated
trixie reset        wsrep_sync_wait 1: 0 waits, 5 writes replicated
trixie changed user wsrep_sync_wait 1: 0 waits, 5 writes replicated
END
