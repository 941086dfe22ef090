import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome, type Situation } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { everything, renewedShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop

const typed = (line: string, more: Situation = {}): Promise<Outcome> => dbtool(line, { database, ...more })
const statuses = async (): Promise<string[]> =>
  (await shop.connection.rows<{ status: string }>('SELECT status FROM orders ORDER BY id')).map(({ status }) => status)

/** Orders 1 to 4 are confirmed, and 5 is pending. */
beforeEach(async () => {
  await renewedShop(shop)
  for (const flags of ['', '', '', ' --pending'])
    expect(await typed(`orders place --user ada --item TEA-1:1${flags}`)).toMatchObject({ exitCode: 0 })
})

describe('many orders', () => {
  it.each([
    ['orders ship 1 2 3', ''],
    ['orders ship -', '1\n2\n\n3\n'],
    ['orders ship 1 2 3 2', ''],
  ])('are shipped in one call: %s', async (line, stdin) => {
    const { exitCode, json, stderr } = await typed(`${line} --json`, { stdin })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json()).toEqual(['1', '2', '3'].map((item) => ({ item, outcome: 'shipped', error: null, message: null })))
    expect(await statuses()).toEqual(['shipped', 'shipped', 'shipped', 'confirmed', 'pending'])
  })

  it('have a table without errors if there are none', async () => {
    expect((await typed('orders ship 1 2')).stdout).toMatch(/^┌.*\n│ item │ outcome │\n/)
    expect((await typed('orders ship 3 5')).stdout).toMatch(/^┌.*\n│ item │ outcome │ error +│ message +│\n/)
  })

  it('have a table of outcomes, and exit code 7 if some failed; the others are done', async () => {
    const { exitCode, stdout, stderr } = await typed('orders ship 1 5 4711 2 --format csv')
    expect(exitCode).toBe(7)
    expect(stdout).toBe(
      'item,outcome,error,message\n1,shipped,,\n' +
        '5,failed,ILLEGAL_STATUS,order 5 is pending and cannot be shipped; it can be confirmed or cancelled\n' +
        '4711,failed,NOT_FOUND,there is no order 4711\n2,shipped,,\n',
    )
    expect(stderr).toMatch(/^✔ 2 orders shipped\nerror: 2 of 4 orders could not be shipped\n/)
    expect(await statuses()).toEqual(['shipped', 'shipped', 'confirmed', 'confirmed', 'pending'])
  })

  it.each([
    ['orders confirm --all --yes', ['confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed']],
    ['orders ship --all --status confirmed --yes', ['shipped', 'shipped', 'shipped', 'shipped', 'pending']],
    ['orders cancel --all --status pending --yes', ['confirmed', 'confirmed', 'confirmed', 'confirmed', 'cancelled']],
    ['orders cancel --all --yes', ['cancelled', 'cancelled', 'cancelled', 'cancelled', 'cancelled']],
    ['orders deliver --all --yes', ['confirmed', 'confirmed', 'confirmed', 'confirmed', 'pending']],
  ])('%s', async (line, expected) => {
    expect((await typed(line)).exitCode).toBe(0)
    expect(await statuses()).toEqual(expected)
    expect((await typed('db check')).exitCode).toBe(0)
  })

  it('of --all are counted in a question, which a protected database answers by its name', async () => {
    const before = await everything(shop)
    expect((await typed('orders ship --all --json')).error).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^this needs a confirmation: Mark 4 orders as shipped\?/),
    })
    expect((await typed('orders ship --all --yes --json', { env: { DB_PROTECTED: '1' } })).error.hint).toBe(
      `add --confirm ${database} to confirm it`,
    )
    const tty = terminal(['orders', 'ship', '--all'], database)
    await tty.see('Mark 4 orders as shipped?')
    tty.type(keys.enter)
    expect(await tty.ended()).toBe(3)
    expect(await everything(shop)).toEqual(before)
  })

  it('are tried with --dry-run', async () => {
    const before = await everything(shop)
    expect(await typed('orders ship 1 2 5 -n')).toMatchObject({
      exitCode: 7,
      stderr: expect.stringMatching(/^✔ 2 orders would be shipped; nothing was changed\n/),
    })
    expect(await typed('orders cancel --all -n --format count')).toMatchObject({ exitCode: 0, stdout: '5\n' })
    expect(await everything(shop)).toEqual(before)
  })

  it.each([
    ['orders ship 1 x', "<id> must be a whole number from 1 to 2147483647, not 'x'"],
    ['orders ship 1 -', '- reads all names from standard input, so it stands alone'],
    ['orders ship 1 --all', '--all and the number of an order exclude each other'],
    ['orders ship 1 --status confirmed', '--status needs --all'],
    ['orders ship --all --status shipped', "--status must be confirmed, not 'shipped'"],
    ['orders ship 1 2 --fields total', /unknown field 'total'.*; the fields are item, outcome, error, message$/],
  ])('are refused before anything is changed: %s', async (line, message) => {
    const before = await everything(shop)
    const { exitCode, error } = await typed(`${line} --json`)
    expect([exitCode, error.code]).toEqual([2, 'USAGE'])
    if (typeof message === 'string') expect(error.message).toBe(message)
    else expect(error.message).toMatch(message)
    expect(await everything(shop)).toEqual(before)
  })

  it('of standard input are checked before the first is changed', async () => {
    const before = await everything(shop)
    expect((await typed('orders ship - --json', { stdin: '1\nx\ny\n' })).error.faults).toEqual([
      "<id> must be a whole number from 1 to 2147483647, not 'x'",
      "<id> must be a whole number from 1 to 2147483647, not 'y'",
    ])
    expect(await typed('orders ship -', { stdin: '' })).toMatchObject({ exitCode: 0, stderr: 'Nothing to do.\n' })
    expect(await everything(shop)).toEqual(before)
  })

  it('that an interrupt left are not tried, and are listed', async () => {
    const interrupt = new AbortController()
    interrupt.abort('SIGINT')
    const { exitCode, json } = await typed('orders ship 1 2 --json', { signal: interrupt.signal })
    expect(exitCode).toBe(130)
    if (exitCode === 130)
      expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed', 'pending'])
    expect(json).toBeTypeOf('function')
  })
})

describe('many products', () => {
  it('are restocked, updated and deleted', async () => {
    const restocked = await typed('products restock TEA-1 POT-1 nothing --by 5 --format csv')
    expect(restocked.stdout.split('\n')).toEqual([
      'item,outcome,error,message',
      expect.stringMatching(/^TEA-1,restocked,,now \d+ in stock \(\+5\)$/),
      'POT-1,restocked,,now 7 in stock (+5)',
      "nothing,failed,NOT_FOUND,there is no product 'nothing'",
      '',
    ])
    expect((await typed('products update - --inactive --format csv', { stdin: 'TEA-1\nPOT-1\n' })).stdout).toBe(
      'item,outcome,error,message\nTEA-1,updated,,is_active true → false\nPOT-1,updated,,is_active true → false\n',
    )
    expect((await typed('products update TEA-1 POT-1 --inactive --format csv')).stdout).toBe(
      'item,outcome,error,message\nTEA-1,unchanged,,\nPOT-1,unchanged,,\n',
    )
    await typed('products create --sku CUP-1 --name Cup --price 1')
    const deleted = await typed('products delete CUP-1 TEA-1 --yes --format csv')
    expect(deleted.exitCode).toBe(7)
    expect(deleted.stdout).toMatch(/\nCUP-1,deleted,,Cup \(id \d+\)\nTEA-1,failed,REFERENCED,/)
  })

  it('cannot get the same SKU', async () => {
    expect((await typed('products update TEA-1 POT-1 --sku X --json')).error.message).toBe(
      '--sku is unique, so it cannot be the same for several',
    )
    expect((await typed('products update TEA-1 POT-1 --json')).error.message).toMatch(/^nothing to change: add --name/)
    expect((await typed('products restock TEA-1 POT-1 --json')).error.message).toBe('missing --by')
    expect((await typed('products delete TEA-1 POT-1 --json')).error.message).toMatch(/Delete 2 products\?/)
  })
})

describe('many users', () => {
  it('are updated and deleted', async () => {
    await typed('users create --username eve --email eve@example.com --generate-password')
    const updated = await typed('users update eve bob@example.com nobody --inactive --format csv')
    expect(updated.stdout).toMatch(/\neve,updated,,is_active true → false\nbob@example\.com,updated,,is_active true/)
    expect(updated.stdout).toMatch(/\nnobody,failed,NOT_FOUND,/)
    expect((await typed('users update eve bob --email x@example.com --json')).error.message).toBe(
      '--email is unique, so it cannot be the same for several',
    )
    const { exitCode, stdout } = await typed('users delete eve ada --yes --format csv')
    expect(exitCode).toBe(7)
    expect(stdout).toMatch(/\neve,deleted,,eve <eve@example\.com>\nada,failed,REFERENCED,/)
    expect((await typed('users delete bob ada --json')).error.message).toMatch(/Delete 2 users, with their addresses\?/)
    expect((await typed('users delete bob ada -n --format csv')).stdout).toMatch(/\nbob,deleted,/)
    expect((await typed('users get bob')).exitCode).toBe(0)
  })
})
