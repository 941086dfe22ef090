import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstRow } from '../../src/db/queries.ts'
import type { Bench } from '../bench.ts'
import { dbtoolBinary, runChild, type Ended } from '../child.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { WrongRun } from '../core/results.ts'
import { emptied, fillShop, makeDatabase } from '../shop.ts'

const database = 'bench_many'
/** A rate needs no more calls than these. */
const callsOfXargs = 20

/** Orders shipped in one call, against one process for each. */
export async function many(bench: Bench): Promise<void> {
  const { results, server, size } = bench
  await makeDatabase(server, database)
  await server.connection(database, (connection) => fillShop(connection, { users: 10, products: 10 }))
  const oneCall = shipping(bench, 'dbtool orders ship -', size.ordersAtOnce, 'exec "$0" "$1" orders ship - -q < "$2"')
  const contestants = [{ ...oneCall, underTest: true }]
  if (hasXargs())
    contestants.push(shipping(bench, 'xargs -n 1', callsOfXargs, 'exec xargs -n 1 "$0" "$1" orders ship -q < "$2"'))
  else results.absent('xargs -n 1', 'not installed; on Debian: apt-get install findutils')
  await alternate(
    { group: 'many', work: 'orders shipped', unit: 'orders/s', rounds: size.rounds, contestants },
    results,
  )
}

function shipping({ server, signal }: Bench, who: string, orders: number, line: string): Contestant {
  const ids = join(server.home, `ids-${orders}`)
  writeFileSync(ids, Array.from({ length: orders }, (_, at) => `${at + 1}\n`).join(''))
  return {
    who,
    underTest: false,
    async run() {
      await server.connection(database, async (connection) => {
        await emptied(connection, ['order_items', 'orders', 'logs'])
        await connection.execute(
          `INSERT INTO orders (id, user_id, status, total_amount, idempotency_key, content_digest)
             SELECT seq, 1, 'confirmed', 0, CONCAT('key-', seq), '' FROM seq_1_to_${orders}`,
        )
      })
      const { exitCode, seconds, stderr }: Ended = await runChild(
        '/bin/sh',
        ['-c', line, process.execPath, dbtoolBinary, ids],
        {
          env: server.environment(database),
          cwd: server.home,
          signal,
        },
      )
      if (exitCode !== 0) throw new WrongRun(`exited with ${exitCode ?? 'a signal'}: ${stderr.trim()}`)
      const shipped = await server.connection(database, (connection) =>
        firstRow<{ n: number }>(connection, "SELECT COUNT(*) AS n FROM orders WHERE status = 'shipped'"),
      )
      if (shipped?.n !== orders) throw new WrongRun(`${shipped?.n ?? 0} of ${orders} orders were shipped`)
      return { value: orders / seconds }
    },
  }
}

function hasXargs(): boolean {
  try {
    execFileSync('xargs', ['echo'], { stdio: 'ignore', input: '' })
    return true
  } catch {
    return false
  }
}
