#!/bin/bash
# Sequelize's bulkCreate, drizzle's $returningId and TypeORM's insert return ids that are not those of the rows, where
# auto_increment_increment is not 1, as on every node of a Galera cluster.
#
# Expected: the objects that come back have the ids of their rows. MariaDB gives them by INSERT … RETURNING.
# What happens: all three take the first id and count up by one. With an increment of 3 the rows are 1, 4, 7 and the objects
# say 1, 2, 3: saving the second object afterwards changes no row and reports none, and a foreign key that is filled
# from it points to nothing, or to a row that another session has inserted. TypeORM counts only with type 'mysql'; with
# type 'mariadb' it asks for RETURNING and is right. Sequelize counts with its dialect mariadb, too.
# Versions: sequelize 6.37.8 with mariadb 2.5.6 (the connector that it supports), drizzle-orm 0.45.4 and typeorm 1.1.1
# with mysql2 3.24.6, MariaDB 11.8.9 of Debian 13; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages sequelize@6.37.8 drizzle-orm@0.45.4 typeorm@1.1.1 mariadb@2.5.6 mysql2@3.24.6
server trixie db --auto-increment-increment=3

sql trixie db -e 'CREATE TABLE ticket (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20))'
js >"$work/seen" <<'JS'
import { drizzle } from 'drizzle-orm/mysql2'
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import mysql2 from 'mysql2'
import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, EntitySchema } from 'typeorm'
const socketPath = `${process.env.WORK}/db.sock`
const names = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]

const sequelize = new Sequelize('test', 'root', '', { dialect: 'mariadb', dialectOptions: { socketPath }, logging: false })
const columns = { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, name: DataTypes.STRING(20) }
const Ticket = sequelize.define('ticket', columns, { tableName: 'ticket', timestamps: false })
const made = await Ticket.bulkCreate(names)
console.log('sequelize returns', made.map(({ id }) => id).join(), 'stored', (await Ticket.findAll()).map(({ id }) => id).join())
await made[1].update({ name: 'B' })
console.log('after update of the second', (await Ticket.findAll()).map(({ name }) => name).join())
await sequelize.close()

const pool = mysql2.createPool({ socketPath, user: 'root', database: 'test' })
const db = drizzle({ client: pool })
const table = mysqlTable('ticket', { id: int().autoincrement().primaryKey(), name: varchar({ length: 20 }) })
await db.delete(table)
const returned = await db.insert(table).values(names).$returningId()
console.log('drizzle returns', returned.map(({ id }) => id).join(), 'stored', (await db.select().from(table)).map(({ id }) => id).join())
pool.end()

for (const type of ['mysql', 'mariadb']) {
  const ticket = new EntitySchema({ name: 'ticket', columns: { id: { type: 'int', primary: true, generated: true }, name: { type: 'varchar', length: 20 } } })
  const source = await new DataSource({ type, socketPath, username: 'root', database: 'test', entities: [ticket] }).initialize()
  const tickets = source.getRepository('ticket')
  await tickets.clear()
  const rows = names.map((row) => ({ ...row }))
  await tickets.insert(rows)
  console.log('typeorm', type, 'returns', rows.map(({ id }) => id).join(), 'stored', (await tickets.find()).map(({ id }) => id).join())
  await source.destroy()
}
JS

unchanged <<'END'
sequelize returns 1,2,3 stored 1,4,7
after update of the second a,b,c
drizzle returns 10,11,12 stored 10,13,16
typeorm mysql returns 1,2,3 stored 1,4,7
typeorm mariadb returns 1,4,7 stored 1,4,7
END
