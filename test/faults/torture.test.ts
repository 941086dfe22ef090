import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { audit, type Account } from './support/audit.ts'
import { Chance, secondsOf, seedOf } from './support/chance.ts'
import { kinds } from './support/kinds.ts'
import { Ledger } from './support/ledger.ts'
import { load } from './support/load.ts'
import { makeWorld, type World } from './support/world.ts'

const seed = seedOf(process.env)
const seconds = secondsOf(process.env)
const folder = temporaryFolder()

/** Every kind of fault once, in any sequence, and then more until the time is over. */
async function strike(world: World, whether: () => boolean): Promise<void> {
  const skipped = 'skipped' in world.disk ? ['disk full'] : []
  const names = Object.keys(kinds).filter((kind) => !skipped.includes(kind))
  const { chance, ledger } = world
  const queue = chance.shuffled(names)
  for (; queue.length > 0 || whether(); queue.shift()) {
    const kind = queue[0] ?? chance.pick(names)
    await kinds[kind]?.(world, folder)
    ledger.struck(kind)
  }
}

function printAccount({ ledger, disk }: World, { unknown, orders, ordersOfFiles }: Account): void {
  const acknowledged = ledger.acknowledged.size - unknown.found - unknown.placedNow
  const refused = ledger.refused.size - unknown.soldOut
  const { restocks } = ledger
  const lines = [
    `torture: seed ${seed}`,
    `  orders tried ${ledger.tried.size}, acknowledged ${acknowledged}, refused ${refused} ` +
      JSON.stringify(ledger.refusals()),
    `  unknown ${ledger.unknown.size}, resolved by their keys: ${unknown.found} existed, ` +
      `${unknown.placedNow} did not and were placed, ${unknown.soldOut} did not and are sold out`,
    `  orders of imported files ${ordersOfFiles} in ${ledger.files.size} files; others in the table ${orders}`,
    `  restocks acknowledged ${restocks.acknowledged.size}, refused ${restocks.refused.size}, ` +
      `unknown ${restocks.unknown.size}`,
    `  faults ${[...ledger.faults.values()].reduce((sum, count) => sum + count, 0)}`,
    ...[...ledger.faults].map(([kind, count]) => `  ${count} × ${kind}`),
    ...('skipped' in disk ? [`  skipped: disk full, because ${disk.skipped}`] : []),
    `  lost, doubled or contradicting: ${ledger.wrong.length}`,
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

describe('orders from sixteen connections while everything fails', { timeout: ((seconds ?? 0) + 600) * 1_000 }, () => {
  it(`what clients were told agrees with the tables (seed ${seed})`, async () => {
    const until = performance.now() + (seconds ?? 0) * 1_000
    const world = await makeWorld(new Chance(seed), new Ledger())
    const done = new AbortController()
    const working = load(world, done.signal)
    await Promise.race([working, strike(world, () => performance.now() < until)]).finally(() => done.abort())
    await working
    printAccount(world, await audit(world))
    expect(world.ledger.wrong).toEqual([])
    expect(world.ledger.acknowledged.size).toBeGreaterThan(0)
  })
})
