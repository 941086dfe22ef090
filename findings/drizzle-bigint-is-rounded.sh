#!/bin/bash
# drizzle-orm over mysql2: a column declared bigint({ mode: 'bigint' }) gives back another number than was stored.
#
# Expected: mode 'bigint' is there for integers beyond 2^53, for which mode 'number' is not exact; the type of the
# result is bigint, and what was inserted is read back.
# What happens: the insert is exact, but mysql2 reads BIGINT as a JavaScript number unless told supportBigNumbers, and
# drizzle makes a BigInt of the rounded number. 9007199254740993n comes back as 9007199254740992n, without error, and
# the row that was just read is not found by its own id. With supportBigNumbers: true in mysql2's options it is exact.
# Versions: drizzle-orm 0.45.4, mysql2 3.24.6, MariaDB 11.8.9 of Debian 13; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages drizzle-orm@0.45.4 mysql2@3.24.6
server trixie db

sql trixie db -e 'CREATE TABLE event (id BIGINT PRIMARY KEY)'
js >"$work/seen" <<'JS'
import { eq } from 'drizzle-orm'
import { bigint, mysqlTable } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql2 from 'mysql2'
const event = mysqlTable('event', { id: bigint({ mode: 'bigint' }).primaryKey() })
for (const options of [{}, { supportBigNumbers: true }]) {
  const pool = mysql2.createPool({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test', ...options })
  const db = drizzle({ client: pool })
  await db.delete(event)
  await db.insert(event).values({ id: 9007199254740993n })
  const [read] = await db.select().from(event)
  const found = await db.select().from(event).where(eq(event.id, read.id))
  console.log({ options, inserted: 9007199254740993n, read: read.id, 'found by what was read': found.length })
  pool.end()
}
JS
sql trixie db -t -e 'SELECT id FROM event' >>"$work/seen"

unchanged <<'END'
{
  options: {},
  inserted: 9007199254740993n,
  read: 9007199254740992n,
  'found by what was read': 0
}
{
  options: { supportBigNumbers: true },
  inserted: 9007199254740993n,
  read: 9007199254740993n,
  'found by what was read': 1
}
+------------------+
| id               |
+------------------+
| 9007199254740993 |
+------------------+
END
