#!/bin/bash
# NOT IN (SELECT …) in a prepared statement, or in a procedure, answers later executions by what the first one found.
#
# Expected: voucher NOT IN (SELECT …) is true for every order where the SELECT finds nothing, also for an order without
# a voucher, and unknown for that order where it finds something. It depends on the parameter of this execution.
# What happens: the first execution decides for all: if its SELECT found a row, the orders without a voucher are missing
# for the rest of the life of the statement, and if it found none, they are there always. execute() of both connectors
# keeps the statement for the connection, so the same call gives other rows depending on what ran before. A procedure
# does the same without any connector. query() is right. Where no order is without a voucher (NOT NULL), all are. Bug
# 95047 of MySQL tells of the same.
# Versions: MariaDB 11.8.9 of Debian 13 and 10.11.19 of Debian 12, mariadb 3.5.4 and mysql2 3.24.6; seen on 2026-11-29,
# output at the end.
set -eu
. "$(dirname "$0")/lib.sh"

debian bookworm mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-client-core=1:10.11.19-0+deb12u1
debian trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1
node_packages mariadb@3.5.4 mysql2@3.24.6

for suite in bookworm trixie; do
  server "$suite" "$suite-db"
  sql "$suite" "$suite-db" <<'SQL'
CREATE TABLE orders (id INT PRIMARY KEY, voucher VARCHAR(9));
CREATE TABLE blocked (voucher VARCHAR(9), day DATE);
INSERT INTO orders VALUES (1, 'SPRING'), (2, 'SUMMER'), (3, NULL), (4, NULL);
INSERT INTO blocked VALUES ('SPRING', '2026-03-01');
CREATE PROCEDURE good (on_day DATE) SELECT id FROM orders WHERE voucher NOT IN (SELECT voucher FROM blocked WHERE day = on_day) ORDER BY id;
SQL
done

js >"$work/seen" <<'JS'
import * as mariadb from 'mariadb'
import mysql2 from 'mysql2/promise'
const statement = 'SELECT id FROM orders WHERE voucher NOT IN (SELECT voucher FROM blocked WHERE day = ?) ORDER BY id'
const some = '2026-03-01'
const none = '2026-03-02'
for (const suite of ['bookworm', 'trixie']) {
  const to = { socketPath: `${process.env.WORK}/${suite}-db.sock`, user: 'root', database: 'test' }
  for (const [how, open, ask] of [
    ['mariadb query()', mariadb.createConnection, (c, day) => c.query(statement, [day])],
    ['mariadb execute()', mariadb.createConnection, (c, day) => c.execute(statement, [day])],
    ['mysql2 execute()', mysql2.createConnection, async (c, day) => (await c.execute(statement, [day]))[0]],
    ['procedure', mysql2.createConnection, async (c, day) => (await c.query('CALL good (?)', [day]))[0][0]],
  ]) {
    const answers = []
    for (const days of [[some, none], [none, some]]) {
      const connection = await open(to)
      for (const day of days) answers.push(`${day === some ? 'one' : 'none'} blocked: ${(await ask(connection, day)).map(({ id }) => id).join()}`)
      await connection.end()
    }
    console.log(`${suite.padEnd(8)} ${how.padEnd(17)} ${answers.slice(0, 2).join(', then ')}; ${answers.slice(2).join(', then ')}`)
  }
}
process.exit()
JS

unchanged <<'END'
bookworm mariadb query()   one blocked: 2, then none blocked: 1,2,3,4; none blocked: 1,2,3,4, then one blocked: 2
bookworm mariadb execute() one blocked: 2, then none blocked: 1,2; none blocked: 1,2,3,4, then one blocked: 2,3,4
bookworm mysql2 execute()  one blocked: 2, then none blocked: 1,2; none blocked: 1,2,3,4, then one blocked: 2,3,4
bookworm procedure         one blocked: 2, then none blocked: 1,2; none blocked: 1,2,3,4, then one blocked: 2,3,4
trixie   mariadb query()   one blocked: 2, then none blocked: 1,2,3,4; none blocked: 1,2,3,4, then one blocked: 2
trixie   mariadb execute() one blocked: 2, then none blocked: 1,2; none blocked: 1,2,3,4, then one blocked: 2,3,4
trixie   mysql2 execute()  one blocked: 2, then none blocked: 1,2; none blocked: 1,2,3,4, then one blocked: 2,3,4
trixie   procedure         one blocked: 2, then none blocked: 1,2; none blocked: 1,2,3,4, then one blocked: 2,3,4
END
