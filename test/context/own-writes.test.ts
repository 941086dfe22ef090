import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { OfUser } from '../../src/context/hourly-file.ts'
import { LostAttempts } from '../../src/context/lost-attempts.ts'
import { OwnWrites } from '../../src/context/own-writes.ts'
import { isAhead, latestOf } from '../../src/db/cluster/gtid.ts'
import { OutcomeUnknown } from '../../src/shop/orders/exactly-once.ts'
import { serversOf, socketTarget, type Target } from '../../src/db/target.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const start = Date.UTC(2026, 10, 28, 12, 30)
const minute = 60_000

const shopOn = (...hosts: readonly string[]): Target => ({
  ...socketTarget('', 'ada', 'shop'),
  socket: undefined,
  ...serversOf(
    hosts.map((host) => ({ host, port: undefined })),
    { port: 3306, socket: undefined, role: undefined },
  ),
})
const both = shopOn('db1', 'db2')

const user = (home: string, minutes = 0): OfUser => ({
  env: { DBTOOL_HOME: join(folder, home) },
  now: () => new Date(start + minutes * minute),
})
const at = (home: string, minutes = 0, target = both): OwnWrites => new OwnWrites(user(home, minutes), target)

it.each<[string, readonly string[], string | undefined]>([
  ['no position', [], undefined],
  ['the later of one domain, on whatever server', ['0-1-9', '0-2-10', '0-1-8'], '0-2-10'],
  ['each domain', ['0-1-9,1-1-3', '1-2-4'], '0-1-9,1-2-4'],
  ['numbers beyond 2^53', ['0-1-9007199254740993', '0-1-9007199254740992'], '0-1-9007199254740993'],
])('the latest of several positions: %s', (_what, positions, latest) => {
  expect(latestOf(positions)).toBe(latest)
})

it.each([
  ['0-1-9', '0-1-8', true],
  ['0-2-8', '0-1-8', false],
  ['0-1-7', '0-1-8', false],
  ['0-1-7,1-1-1', '0-1-8', true],
  ['', '0-1-8', false],
])('position %s is ahead of %s: %s', (position, of, expected) => {
  expect(isAhead(position, of)).toBe(expected)
})

it('the last position is that of all commands with the same hosts and database, in any order', () => {
  expect(at('same').last()).toEqual({ position: undefined, server: undefined, isKnown: true })
  at('same').add('0-1-7', 'db1:3306')
  at('same').add('0-1-6', 'db2:3306')
  expect(at('same', 0, shopOn('DB2', 'db1')).last()).toEqual({
    position: '0-1-7',
    server: 'db2:3306',
    isKnown: true,
  })
  expect(at('same', 0, shopOn('db1', 'db3')).last().position).toBeUndefined()
  expect(at('same', 0, { ...both, database: 'other' }).last().position).toBeUndefined()
})

it('after a write that was cut, the position is not known until the writer was asked', () => {
  at('cut').add('0-1-7', 'db1:3306')
  at('cut').add(undefined, 'db1:3306')
  expect(at('cut').last()).toMatchObject({ position: '0-1-7', isKnown: false })
  at('cut').add('0-1-9', 'db1:3306')
  expect(at('cut').last()).toMatchObject({ position: '0-1-9', isKnown: true })
})

it('a server without positions leaves nothing to wait for but its name', () => {
  at('none').add('', 'db1:3306')
  expect(at('none').last()).toEqual({ position: undefined, server: 'db1:3306', isKnown: true })
})

it('a position is kept for an hour at least, and its file is removed after that', () => {
  at('old').add('0-1-7', 'db1:3306')
  expect(at('old', 60).last().position).toBe('0-1-7')
  expect(at('old', 120).last().position).toBeUndefined()
  at('old', 120).add('0-1-8', 'db1:3306')
  expect(readdirSync(join(folder, 'old', 'cache', 'own-writes'))).toHaveLength(1)
})

it('the file is private, and anything else in it is ignored', () => {
  at('private').add('0-1-7', 'db1:3306')
  const directory = join(folder, 'private', 'cache', 'own-writes')
  const [name = ''] = readdirSync(directory)
  expect([statSync(directory).mode & 0o777, statSync(join(directory, name)).mode & 0o777]).toEqual([0o700, 0o600])
  writeFileSync(join(directory, name), "0-1-7\n0-1-9'; DROP\n", { flag: 'w' })
  expect(at('private').last()).toMatchObject({ position: '0-1-7', isKnown: true })
})

it('a folder that cannot be written to is no error', () => {
  writeFileSync(join(folder, 'file'), '')
  at('file').add('0-1-7', 'db1:3306')
  expect(at('file').last()).toMatchObject({ position: undefined, isKnown: true })
})

it('lost connections are kept by the key of their order, which the file does not hold', () => {
  const attempts = (key: string, minutes = 0): unknown => new LostAttempts(user('lost', minutes)).of(key)
  const unknown = { message: 'lost', hint: '' }
  const lost = [
    { threadId: 7, server: 'vm/3306' },
    { threadId: 8, server: undefined },
  ]
  const order = { key: 'basket-1', lines: [{ productId: 3 }, { productId: 5 }] }
  new LostAttempts(user('lost')).add(order, new OutcomeUnknown(unknown, lost, undefined))
  new LostAttempts(user('lost')).add(order, new Error('another one'))
  expect(attempts('basket-1', 60)).toEqual(lost.map((one) => ({ ...one, productIds: [3, 5] })))
  expect(attempts('basket-1', 120)).toEqual([])
  expect(attempts('basket-2')).toEqual([])
  const directory = join(folder, 'lost', 'cache', 'lost-attempts')
  const file = join(directory, readdirSync(directory)[0] ?? '')
  expect(readFileSync(file, 'utf8')).not.toContain('basket')
  // Earlier versions kept no products.
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/,"products":[^}]*/g, ''), { flag: 'w' })
  expect(attempts('basket-1')).toEqual(lost.map((one) => ({ ...one, productIds: [] })))
  writeFileSync(file, '{"key":\nnull\n', { flag: 'w' })
  expect(attempts('basket-1')).toEqual([])
})
