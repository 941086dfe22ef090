#!/bin/bash
# FOR SYSTEM_TIME AS OF a moment that has passed answers 3, and a little later 4, for the same moment.
#
# Expected: the history of a system-versioned table is what was true then. A bill that is computed AS OF half past nine
# can be computed again, and has the same price.
# What happens: a row is valid from the time of its statement, and is seen from its COMMIT on. While a transaction that
# has changed a price is open, AS OF any moment since that statement finds the old price, as every other session does at
# that moment; after the COMMIT the same question finds the new one. No price was ever wrong for the till, and the
# history disagrees with it. Versioning by transactions, with row start and end as BIGINT UNSIGNED, keeps its answer.
# The manual says there that a change may become visible long after its time; an answer that changes gives no sign.
# Versions: MariaDB 11.8.9 of Debian 13 (in 10.11.19 of Debian 12 the answer by transactions changed as well), mysql2
# 3.24.6; seen on 2026-11-29, output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mysql2@3.24.6
server trixie db

sql trixie db <<'SQL'
CREATE TABLE price (sku VARCHAR(10) PRIMARY KEY, amount INT) WITH SYSTEM VERSIONING;
CREATE TABLE price_by_transaction (sku VARCHAR(10) PRIMARY KEY, amount INT, begun BIGINT UNSIGNED GENERATED ALWAYS AS ROW START INVISIBLE,
  ended BIGINT UNSIGNED GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME (begun, ended)) WITH SYSTEM VERSIONING;
INSERT INTO price VALUES ('TEA', 3);
INSERT INTO price_by_transaction VALUES ('TEA', 3);
SQL
js >"$work/seen" <<'JS'
import mysql from 'mysql2/promise'
import { setTimeout } from 'node:timers/promises'
const connect = () => mysql.createConnection({ socketPath: `${process.env.WORK}/db.sock`, user: 'root', database: 'test', dateStrings: true })
const [office, till] = [await connect(), await connect()]
for (const table of ['price', 'price_by_transaction']) {
  await setTimeout(50)
  await office.query('START TRANSACTION')
  await office.query(`UPDATE ${table} SET amount = 4`)
  await setTimeout(50)
  const [[{ moment, amount }]] = await till.query(`SELECT NOW(6) AS moment, amount FROM ${table}`)
  const then = async () => (await till.query(`SELECT amount FROM ${table} FOR SYSTEM_TIME AS OF TIMESTAMP'${moment}'`))[0][0].amount
  console.log(`${table}: the till reads ${amount}; as of that moment it was ${await then()}`)
  await setTimeout(50)
  await office.query('COMMIT')
  console.log(`after the COMMIT: as of that moment it was ${await then()}`)
}
await office.end()
await till.end()
JS

unchanged <<'END'
price: the till reads 3; as of that moment it was 3
after the COMMIT: as of that moment it was 4
price_by_transaction: the till reads 3; as of that moment it was 3
after the COMMIT: as of that moment it was 3
END
