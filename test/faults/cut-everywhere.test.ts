import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PooledDatabase } from '../../src/db/database.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions, withLease } from '../../src/db/pool/pool.ts'
import { firstRow } from '../../src/db/queries.ts'
import { defaultLimits, type Target } from '../../src/db/target.ts'
import { checkInvariants } from '../../src/shop/invariants.ts'
import { insertProduct } from '../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../src/shop/users/users.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { Chance, secondsOf, seedOf } from './support/chance.ts'
import { openShop, operations, type Operation, type Shop } from './support/operations.ts'
import { packetProxy, type Direction, type PacketFault, type PacketProxy } from './support/packets.ts'

const database = testDatabase()
const folder = temporaryFolder()
const seed = seedOf(process.env)
/** Who hangs only waits. */
const atOnce = { cuts: 6, hangs: 30 }
let shop: Shop
let auditor: PooledDatabase

beforeAll(async () => {
  auditor = new PooledDatabase(
    openPool('fair', { target: database.target, limits: defaultLimits, options: defaultPoolOptions }),
  )
  const author = { osUser: 'tester', command: 'test' }
  const product = await insertProduct(database.connection, author, {
    sku: 'CUT',
    name: 'Cut',
    price: '3.30',
    stock: 1_000_000,
  })
  const user = await insertUser(database.connection, author, {
    username: 'cutter',
    email: 'cutter@example.com',
    passwordHash: noLogin,
  })
  shop = { userId: user.id, productId: product.id, folder }
})

afterAll(() => auditor.pool.close())

const over = ({ port }: PacketProxy): Target => ({ ...database.target, socket: undefined, host: '127.0.0.1', port })
const rowsFound = async ({ count }: Operation, tag: string): Promise<number> =>
  (await firstRow<{ n: number }>(auditor, count, [tag]))?.n ?? -1
const broken = shared(async (): Promise<string[]> =>
  (await withLease(auditor.pool, checkInvariants))
    .filter(({ ok }) => !ok)
    .map(({ invariant, rows }) => `${invariant} ${JSON.stringify(rows)}`),
)

/**
 * One look at the whole shop is for all who asked for one before it began: everybody sees what came after his fault.
 */
function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | undefined
  return () =>
    (next ??= last.then(() => {
      next = undefined
      const looking = look()
      last = looking.catch(() => undefined)
      return looking
    }))
}

interface Case {
  readonly fault: PacketFault & { readonly packet: number }
  readonly afterwards: 'recovers' | 'stays away'
}

type Counts = Readonly<Record<Direction, number>>

async function packetsOf(work: (target: Target, done: () => void) => Promise<unknown>): Promise<Counts> {
  const proxy = await packetProxy(inject('socket'))
  let counts: Counts | undefined
  await work(over(proxy), () => (counts = { ...proxy.counts }))
  await proxy.close()
  return counts ?? proxy.counts
}

/** Every packet in both directions, cut before and after it got through, and never getting through. */
function casesOf({ afterwards }: Operation, counts: Counts): Case[] {
  return (['up', 'down'] as const).flatMap((direction) =>
    Array.from({ length: counts[direction] }, (_, index) => index + 1).flatMap((packet) =>
      (['cut before', 'cut after', 'hang'] as const).flatMap((how) =>
        afterwards.map((then): Case => ({ fault: { direction, packet, how }, afterwards: then })),
      ),
    ),
  )
}

/** Others in each run of `npm test`. */
function sampleOf(all: readonly Case[], { everyNth }: Operation): readonly Case[] {
  const nth = secondsOf(process.env) === undefined ? everyNth : 1
  const first = new Chance(seed).between(0, nth - 1)
  return all.filter((_case, index) => index % nth === first)
}

/**
 * A busy machine may not come to the fault, or not to the end after it, before its own short time-outs; it proves
 * nothing then.
 */
class Inconclusive extends Error {}

const tries = 4

async function faultIn(trial: Trial, one: Case, tag: string): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await faultOf(trial, one, `${tag}t${attempt}`)
    } catch (error) {
      if (!(error instanceof Inconclusive)) throw error
      if (attempt === tries) return error.message
    }
  }
}

/** Describes a wrong answer to the client, undefined if it was right. `refused` collects tags that must never exist. */
async function faultOf(
  { operation, opening, refused }: Trial,
  { fault, afterwards }: Case,
  tag: string,
): Promise<string | undefined> {
  const subject = (await operation.prepare?.(auditor, shop, tag)) ?? ''
  const proxy = await packetProxy(inject('socket'), fault)
  proxy.refuseAfterwards(afterwards === 'stays away')
  const { answer, detail } = await operation.run(over(proxy), shop, tag, subject)
  const found = await rowsFound(operation, tag)
  const says =
    `${fault.how} packet ${fault.packet} ${fault.direction}, ${afterwards}: ` +
    `${answer}, ${found} of ${operation.rows} found; ${detail}`
  await proxy.close()
  if (answer === 'acknowledged' && found !== operation.rows) return says
  if (answer === 'refused') refused.push(tag)
  if (answer === 'refused' && found !== 0) return says
  if (!proxy.struck) throw new Inconclusive(`the fault did not happen; ${says}`)
  if (answer === 'acknowledged') return undefined
  if (operation.persists && fault.packet > opening[fault.direction]) throw new Inconclusive(`given up; ${says}`)
  if (answer === 'refused') return undefined
  const again = await operation.run(database.target, shop, tag, subject)
  return (again.answer === 'acknowledged' || / is already \w+; /.test(again.detail)) &&
    (await rowsFound(operation, tag)) === operation.rows
    ? undefined
    : `${says}; again: ${again.detail}`
}

interface Trial {
  readonly operation: Operation
  readonly opening: Counts
  readonly refused: string[]
}

describe(
  `cut at every packet, in both directions, before and after it, or hanging there (seed ${seed})`,
  { timeout: 900_000 },
  () => {
    it.each(operations.map((operation, index) => [operation.name, operation, `c${index}`] as const))(
      '%s',
      async (_name, operation, prefix) => {
        const subject = (await operation.prepare?.(auditor, shop, `${prefix}counted`)) ?? ''
        const counts = await packetsOf(async (target) =>
          expect(await operation.run(target, shop, `${prefix}counted`, subject)).toMatchObject({
            answer: 'acknowledged',
          }),
        )
        const all = casesOf(operation, counts)
        expect(all.length).toBeGreaterThan(60)
        const cases = sampleOf(all, operation)
        const faults: string[] = []
        const refused: string[] = []
        const trial = { operation, opening: await packetsOf(openShop), refused }
        const runCases = async (some: readonly Case[], workers: number): Promise<void> => {
          const work = some.values()
          const worker = async (): Promise<void> => {
            for (const next of work) {
              const fault = await faultIn(trial, next, `${prefix}n${cases.indexOf(next)}`)
              faults.push(...(fault === undefined ? [] : [fault]), ...(await broken()))
            }
          }
          await Promise.all(Array.from({ length: workers }, worker))
        }
        const [hangs, cuts] = [
          cases.filter(({ fault }) => fault.how === 'hang'),
          cases.filter(({ fault }) => fault.how !== 'hang'),
        ]
        await Promise.all([runCases(cuts, atOnce.cuts), runCases(hangs, atOnce.hangs)])
        for (const tag of refused)
          if ((await rowsFound(operation, tag)) !== 0) faults.push(`${tag} was refused and came later`)
        expect(faults).toEqual([])
      },
    )
  },
)
