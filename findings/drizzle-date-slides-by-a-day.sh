#!/bin/bash
# drizzle-orm over mysql2: west of Greenwich a DATE that is read and saved again is a day earlier each time.
#
# Expected: what date() reads, date() writes: saving a row that was just read changes nothing.
# What happens: drizzle reads the text 2026-07-02 as midnight in UTC, and gives mysql2 the Date to write, which writes
# the day that it has on the local clock: 2026-07-01 in New York. Each save of a form takes another day off. In UTC and
# east of it nothing moves, so it shows only in production. datetime() and timestamp(), which drizzle writes itself,
# stay. date({ mode: 'string' }) is exact everywhere.
# Versions: drizzle-orm 0.45.4, mysql2 3.24.6, MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages drizzle-orm@0.45.4 mysql2@3.24.6
server trixie db

sql trixie db -e 'CREATE TABLE invoice (id INT PRIMARY KEY, due DATE, due_text DATE, sent DATETIME)'
js >"$work/seen" <<'JS'
import { eq } from 'drizzle-orm'
import { date, datetime, int, mysqlTable } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql2 from 'mysql2/promise'
const invoice = mysqlTable('invoice', { id: int().primaryKey(), due: date(), due_text: date({ mode: 'string' }), sent: datetime() })
for (const zone of ['Asia/Tokyo', 'UTC', 'America/New_York']) {
  process.env.TZ = zone
  const pool = mysql2.createPool({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test' })
  const db = drizzle({ client: pool })
  await pool.query("REPLACE INTO invoice VALUES (1, '2026-07-02', '2026-07-02', '2026-07-01 22:30:00')")
  for (let save = 0; save < 3; save++) {
    const [row] = await db.select().from(invoice)
    await db.update(invoice).set(row).where(eq(invoice.id, row.id))
  }
  const [[stored]] = await pool.query('SELECT CAST(due AS CHAR) AS due, CAST(due_text AS CHAR) AS due_text, CAST(sent AS CHAR) AS sent FROM invoice')
  console.log(zone, 'after three saves:', stored)
  await pool.end()
}
JS

unchanged <<'END'
Asia/Tokyo after three saves: {
  due: '2026-07-02',
  due_text: '2026-07-02',
  sent: '2026-07-01 22:30:00'
}
UTC after three saves: {
  due: '2026-07-02',
  due_text: '2026-07-02',
  sent: '2026-07-01 22:30:00'
}
America/New_York after three saves: {
  due: '2026-06-29',
  due_text: '2026-07-02',
  sent: '2026-07-01 22:30:00'
}
END
