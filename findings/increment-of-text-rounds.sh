#!/bin/bash
# increment of Prisma and of Sequelize adds to a DECIMAL by floating point if the amount is exact: a balance loses its
# last digits.
#
# Expected: an amount is given as Decimal or as text so that nothing is rounded; so Prisma and Sequelize return it. A
# wallet with 18 places plus 0.1 keeps its 18 places.
# What happens: both send the amount as text, in balance + '0.1', and MariaDB adds a text as DOUBLE, with about 16
# digits, before it stores the sum. The same amount as a number of JavaScript is exact with Sequelize, which writes it
# into the statement; Prisma sends numbers as text, too. Knex and TypeORM write the text without quotes, and are exact.
# Prisma's issue 29160 tells of it, and the binary protocol that was to mend it (29285) does not on MariaDB.
# Versions: @prisma/client and @prisma/adapter-mariadb 7.10.0, prisma 7.10.1, sequelize 6.37.8 with mysql2 3.24.6, knex
# 3.3.0, typeorm 1.1.1, MariaDB 11.8.9 of Debian 13; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages prisma@7.10.1 @prisma/client@7.10.0 @prisma/adapter-mariadb@7.10.0 sequelize@6.37.8 knex@3.3.0 typeorm@1.1.1 mysql2@3.24.6 tsx@4.23.15
server trixie db

cat >"$work/npm/schema.prisma" <<'PRISMA'
generator client {
  provider = "prisma-client"
  output   = "./client"
}
datasource db {
  provider = "mysql"
}
model wallet {
  id      Int     @id
  balance Decimal @db.Decimal(38, 18)
}
PRISMA
# the engine for migrations is not a package of npm, and generate only asks that there be a file
(cd "$work/npm" && CHECKPOINT_DISABLE=1 PRISMA_SCHEMA_ENGINE_BINARY=/bin/true npx prisma generate --schema schema.prisma >"$work/generate.log" 2>&1) || { cat "$work/generate.log" >&2; exit 1; }

cat >"$work/npm/run.ts" <<'TS'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import knexOf from 'knex'
import mysql2 from 'mysql2/promise'
import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, EntitySchema } from 'typeorm'
import { Prisma, PrismaClient } from './client/client.ts'
const socketPath = `${process.env.WORK}/db.sock`
const shop = await mysql2.createConnection({ socketPath, user: 'root', database: 'test' })
await shop.query('CREATE TABLE wallet (id INT PRIMARY KEY, balance DECIMAL(38,18))')
const show = async (what, add) => {
  await shop.query('REPLACE INTO wallet VALUES (1, 12.345678901234567891)')
  await add()
  console.log(what.padEnd(26), (await shop.query('SELECT CAST(balance AS CHAR) AS balance FROM wallet'))[0][0].balance)
}
const prisma = new PrismaClient({ adapter: new PrismaMariaDb({ socketPath, user: 'root', database: 'test' }) })
for (const amount of [new Prisma.Decimal('0.1'), 0.1])
  await show(`Prisma, ${typeof amount === 'number' ? 'number' : 'Decimal'}`, () => prisma.wallet.update({ where: { id: 1 }, data: { balance: { increment: amount } } }))
const sequelize = new Sequelize('test', 'root', '', { dialect: 'mysql', dialectOptions: { socketPath }, logging: false })
const Wallet = sequelize.define('wallet', { balance: DataTypes.DECIMAL(38, 18) }, { tableName: 'wallet', timestamps: false })
for (const amount of ['0.1', 0.1]) await show(`Sequelize, ${typeof amount}`, () => Wallet.increment({ balance: amount }, { where: { id: 1 } }))
const knex = knexOf({ client: 'mysql2', connection: { socketPath, user: 'root', database: 'test' } })
await show('Knex, string', () => knex('wallet').where({ id: 1 }).increment('balance', '0.1'))
const wallet = new EntitySchema({ name: 'wallet', columns: { id: { type: 'int', primary: true }, balance: { type: 'decimal', precision: 38, scale: 18 } } })
const source = await new DataSource({ type: 'mariadb', socketPath, username: 'root', database: 'test', entities: [wallet] }).initialize()
await show('TypeORM, string', () => source.getRepository('wallet').increment({ id: 1 }, 'balance', '0.1'))
process.exit()
TS
(cd "$work/npm" && WORK=$work TZ=UTC npx tsx run.ts) >"$work/seen"

unchanged <<'END'
Prisma, Decimal            12.445678901234567000
Prisma, number             12.445678901234567000
Sequelize, string          12.445678901234567000
Sequelize, number          12.445678901234567891
Knex, string               12.445678901234567891
TypeORM, string            12.445678901234567891
END
