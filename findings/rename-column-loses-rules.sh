#!/bin/bash
# renameColumn of Knex and of Sequelize gives the column another definition: its rules are gone, with no error.
#
# Expected: a renamed column is the same column. MariaDB has RENAME COLUMN for that since 10.5.
# What happens: both ask for type, NULL and default of the column and write them into a CHANGE. What is not asked for is
# lost: CHECK, GENERATED, INVISIBLE, the comment, and with Sequelize the character set. MariaDB reports the default
# UUID() as the text uuid(), which both put in quotes: every new row then has the token 'uuid()'.
# Versions: knex 3.3.0 with mysql2 3.24.6, sequelize 6.37.8 with mariadb 2.5.6 (the connector that it supports), MariaDB
# 11.8.9 of Debian 13; seen on 2026-11-28, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages knex@3.3.0 mysql2@3.24.6 sequelize@6.37.8 mariadb@2.5.6
server trixie db

for table in by_sql by_knex by_sequelize; do
  sql trixie db <<SQL
CREATE TABLE $table (
  id INT PRIMARY KEY, token VARCHAR(36) NOT NULL DEFAULT UUID(), code CHAR(8) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL COMMENT 'as printed',
  price DECIMAL(9,2) NOT NULL CHECK (price >= 0), twice DECIMAL(10,2) AS (price * 2) STORED, margin INT DEFAULT 7 INVISIBLE
) DEFAULT CHARSET utf8mb4;
SQL
done
sql trixie db -e 'ALTER TABLE by_sql RENAME COLUMN token TO token_2, RENAME COLUMN code TO code_2, RENAME COLUMN price TO price_2, RENAME COLUMN twice TO twice_2, RENAME COLUMN margin TO margin_2'
js <<'JS'
import knexOf from 'knex'
import { Sequelize } from 'sequelize'
const socketPath = `${process.env.WORK}/db.sock`
const knex = knexOf({ client: 'mysql2', connection: { socketPath, user: 'root', database: 'test' } })
const sequelize = new Sequelize('test', 'root', '', { dialect: 'mariadb', dialectOptions: { socketPath }, logging: false })
for (const name of ['token', 'code', 'twice', 'price', 'margin']) {
  await knex.schema.alterTable('by_knex', (table) => table.renameColumn(name, `${name}_2`))
  await sequelize.getQueryInterface().renameColumn('by_sequelize', name, `${name}_2`)
}
await knex.destroy()
await sequelize.close()
JS
for table in by_sql by_knex by_sequelize; do
  sql trixie db -N -r -e "SHOW CREATE TABLE $table" | sed -n "s/^$table\t//; /TABLE\|_2/p" >>"$work/seen"
done
sql trixie db -t -e 'INSERT INTO by_knex (id, price_2) VALUES (1, -1); SELECT * FROM by_knex' >>"$work/seen"

unchanged <<'END'
CREATE TABLE `by_sql` (
  `token_2` varchar(36) NOT NULL DEFAULT uuid(),
  `code_2` char(8) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL COMMENT 'as printed',
  `price_2` decimal(9,2) NOT NULL CHECK (`price_2` >= 0),
  `twice_2` decimal(10,2) GENERATED ALWAYS AS (`price_2` * 2) STORED,
  `margin_2` int(11) DEFAULT 7 INVISIBLE,
CREATE TABLE `by_knex` (
  `token_2` varchar(36) NOT NULL DEFAULT 'uuid()',
  `code_2` char(8) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL,
  `price_2` decimal(9,2) NOT NULL,
  `twice_2` decimal(10,2) DEFAULT NULL,
  `margin_2` int(11) DEFAULT 7,
CREATE TABLE `by_sequelize` (
  `token_2` varchar(36) NOT NULL DEFAULT 'uuid()',
  `code_2` char(8) DEFAULT NULL,
  `price_2` decimal(9,2) NOT NULL,
  `twice_2` decimal(10,2) DEFAULT NULL,
  `margin_2` int(11) DEFAULT 7,
+----+---------+--------+---------+---------+----------+
| id | token_2 | code_2 | price_2 | twice_2 | margin_2 |
+----+---------+--------+---------+---------+----------+
|  1 | uuid()  | NULL   |   -1.00 |    NULL |        7 |
+----+---------+--------+---------+---------+----------+
END
