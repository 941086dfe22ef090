#!/bin/bash
# TypeORM's orIgnore and Sequelize's ignoreDuplicates give an ignored row the id of another one.
#
# Expected: of three rows, b exists already. INSERT IGNORE stores a and c; the objects of a and c get the ids of their
# rows, and the object of b gets none, or the id of the row that exists.
# What happens: MariaDB returns the ids of the stored rows only, two, and TypeORM hands them out in the order of the
# objects: b gets the id of c, and c gets none. Sequelize counts up from the first id, with the same result. Saving the
# object of b then renames the row of c.
# Versions: typeorm 1.1.1 (type mariadb) with mysql2 3.24.6, sequelize 6.37.8 with mariadb 2.5.6 (the connector that it
# supports), MariaDB 11.8.9 of Debian 13; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages sequelize@6.37.8 typeorm@1.1.1 mariadb@2.5.6 mysql2@3.24.6
server trixie db

js >"$work/seen" <<'JS'
import mariadb from 'mariadb'
import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, EntitySchema } from 'typeorm'
const socketPath = `${process.env.WORK}/db.sock`
const connection = await mariadb.createConnection({ socketPath, user: 'root', database: 'test' })
const prepare = async () => {
  await connection.query('CREATE OR REPLACE TABLE ticket (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE)')
  await connection.query("INSERT INTO ticket (name) VALUES ('b')")
  return ['a', 'b', 'c'].map((name) => ({ name }))
}
const shown = (rows) => rows.map(({ id, name }) => `${name} ${id}`).join(', ')
const stored = async () => shown(await connection.query('SELECT * FROM ticket ORDER BY name'))

const ticket = new EntitySchema({ name: 'ticket', columns: { id: { type: 'int', primary: true, generated: true }, name: { type: 'varchar', length: 20 } } })
const source = await new DataSource({ type: 'mariadb', socketPath, username: 'root', database: 'test', entities: [ticket] }).initialize()
const objects = await prepare()
await source.createQueryBuilder().insert().into('ticket').values(objects).orIgnore().execute()
console.log('typeorm   objects:', shown(objects), '| rows:', await stored())
await source.getRepository('ticket').save({ ...objects[1], name: 'B of b' })
console.log('          b is renamed:', await stored())
await source.destroy()

const sequelize = new Sequelize('test', 'root', '', { dialect: 'mariadb', dialectOptions: { socketPath }, logging: false })
const columns = { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, name: DataTypes.STRING(20) }
const Ticket = sequelize.define('ticket', columns, { tableName: 'ticket', timestamps: false })
const made = await Ticket.bulkCreate(await prepare(), { ignoreDuplicates: true })
console.log('sequelize objects:', shown(made), '| rows:', await stored())
await sequelize.close()
await connection.end()
JS

unchanged <<'END'
typeorm   objects: a 2, b 3, c undefined | rows: a 2, b 1, c 3
          b is renamed: a 2, b 1, B of b 3
sequelize objects: a 2, b 3, c null | rows: a 2, b 1, c 3
END
