#!/bin/bash
# A nested transaction that fails takes the outer one along without a word: knex, drizzle, Sequelize and MikroORM then
# commit the payment without its order.
#
# Expected: the inner transaction is a savepoint. If it fails and the caller goes on without it, what the outer one did
# before and after is committed together; and if the outer one is cancelled, nothing of it stays.
# What happens: MariaDB 11.8 has innodb_snapshot_isolation ON, so an UPDATE of a voucher that another customer has just
# used is error 1020, and this error, like a deadlock, rolls back the whole transaction. ROLLBACK TO SAVEPOINT then is
# error 1305, because no transaction is left. All of them forget that error or hand it to the one who catches the inner
# failure anyway, and send the rest of the outer transaction, statement by statement, to a connection that commits each.
# The order is lost, the payment is stored, also if the outer transaction is rolled back, and the call resolves. knex
# and MikroORM print a warning that blames a DDL statement. TypeORM does the same and rejects.
# Versions: knex 3.3.0, drizzle-orm 0.45.4, sequelize 6.37.8 and typeorm 1.1.1 with mysql2 3.24.6, @mikro-orm/mariadb
# 6.6.16 with its own connector, MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages knex@3.3.0 drizzle-orm@0.45.4 sequelize@6.37.8 typeorm@1.1.1 mysql2@3.24.6 @mikro-orm/core@6.6.16 @mikro-orm/mariadb@6.6.16
server trixie db

js >"$work/seen" 2>"$work/warnings" <<'JS'
import { EntitySchema, MikroORM } from '@mikro-orm/mariadb'
import { drizzle } from 'drizzle-orm/mysql2'
import { sql } from 'drizzle-orm'
import Knex from 'knex'
import mysql2 from 'mysql2'
import { Sequelize } from 'sequelize'
import { DataSource } from 'typeorm'
const socketPath = `${process.env.WORK}/db.sock`
const options = { socketPath, user: 'root', database: 'test' }
const other = mysql2.createConnection(options).promise()
await other.query('CREATE TABLE voucher (code VARCHAR(10) PRIMARY KEY, used INT)')
await other.query('CREATE TABLE entry (name VARCHAR(10))')

// transaction: opens the outer one; nested: opens one within it; run: a statement in one of them
const place = async (name, { transaction, nested, run }, cancel) => {
  await other.query('DELETE FROM entry')
  await other.query("REPLACE INTO voucher VALUES ('SPRING', 0)")
  const outcome = await transaction(async (outer) => {
    await run(outer, "INSERT INTO entry VALUES ('order')")
    await run(outer, 'SELECT * FROM voucher')
    await other.query('UPDATE voucher SET used = used + 1')
    await nested(outer, (inner) => run(inner, 'UPDATE voucher SET used = used + 1')).catch(() => {}) // then without the voucher
    await run(outer, "INSERT INTO entry VALUES ('payment')")
    if (cancel) throw new Error('cancelled')
  }).then(() => 'resolved', (error) => `rejected: ${error.message}`)
  const [rows] = await other.query('SELECT name FROM entry')
  console.log(`${name} ${outcome}, stored: ${rows.map((row) => row.name).join()}`)
}

const knex = Knex({ client: 'mysql2', connection: options })
const ofKnex = { transaction: (work) => knex.transaction(work), nested: (outer, work) => outer.transaction(work), run: (tx, text) => tx.raw(text) }
await place('knex', ofKnex)
await place('knex', ofKnex, true)
await knex.destroy()

const pool = mysql2.createPool(options)
const db = drizzle({ client: pool })
await place('drizzle', { transaction: (work) => db.transaction(work), nested: (outer, work) => outer.transaction(work), run: (tx, text) => tx.execute(sql.raw(text)) })
pool.end()

const sequelize = new Sequelize('test', 'root', '', { dialect: 'mysql', dialectOptions: { socketPath }, logging: false })
await place('sequelize', {
  transaction: (work) => sequelize.transaction(work),
  nested: (transaction, work) => sequelize.transaction({ transaction }, work),
  run: (transaction, text) => sequelize.query(text, { transaction }),
})
await sequelize.close()

const entry = new EntitySchema({ name: 'Entry', tableName: 'entry', properties: { name: { type: 'string', primary: true } } })
const orm = await MikroORM.init({ dbName: 'test', user: 'root', entities: [entry], driverOptions: { connection: { socketPath } } })
await place('mikro-orm', { transaction: (work) => orm.em.fork().transactional(work), nested: (outer, work) => outer.transactional(work), run: (em, text) => em.execute(text) })
await orm.close()

const source = await new DataSource({ type: 'mariadb', socketPath, username: 'root', database: 'test' }).initialize()
await place('typeorm', { transaction: (work) => source.transaction(work), nested: (outer, work) => outer.transaction(work), run: (em, text) => em.query(text) })
await source.destroy()
other.end()
JS

unchanged <<'END'
Transaction was implicitly committed, do not mix transactions and DDL with MySQL (#805)
knex resolved, stored: payment
Transaction was implicitly committed, do not mix transactions and DDL with MySQL (#805)
knex rejected: cancelled, stored: payment
drizzle resolved, stored: payment
sequelize resolved, stored: payment
Transaction was implicitly committed, do not mix transactions and DDL with MySQL (#805)
mikro-orm resolved, stored: payment
typeorm rejected: SAVEPOINT typeorm_1 does not exist, stored: payment
END
