import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { targetSentence } from '../support/people.ts'
import { everything } from '../support/shop.ts'

const shop = testDatabase()
const type = (line: string): Promise<Outcome> => dbtool(line, { database: shop.name })
const lastLog = async (): Promise<unknown> =>
  (await shop.connection.rows('SELECT command, entity, entity_id, message FROM logs ORDER BY id DESC LIMIT 1'))[0]
const ids = async (flags: string): Promise<number[]> =>
  (await type(`addresses list ${flags} --format ids`)).stdout
    .split('\n')
    .filter((id) => id !== '')
    .map(Number)

const berlin = '--street "Unter den Linden 1" --city Berlin --postal-code 10117 --country DE'
beforeAll(async () => {
  for (const username of ['ada', 'bob'])
    await shop.connection.execute(
      `INSERT INTO users (username, email, password_hash) VALUES (?, CONCAT(?, '@example.com'), '!')`,
      [username, username],
    )
})

describe('addresses add', () => {
  it.each<[flags: string, made: object]>([
    [
      `--user ada --type billing ${berlin}`,
      {
        id: 1,
        user_id: 1,
        username: 'ada',
        address_type: 'billing',
        street: 'Unter den Linden 1',
        city: 'Berlin',
        postal_code: '10117',
        country: 'DE',
      },
    ],
    [
      '--user ADA@example.com --type shipping --street " 10 Downing Street " --city London --postal-code ' +
        '"SW1A 2AA" --country gb',
      { id: 2, address_type: 'shipping', street: '10 Downing Street', country: 'GB' },
    ],
    [
      '--user 2 --type shipping --street "ul. Długa 5" --city Łódź --postal-code 90-001 --country PL',
      { id: 3, username: 'bob', street: 'ul. Długa 5', city: 'Łódź' },
    ],
  ])('dbtool addresses add %s', async (flags, made) => {
    const { exitCode, json, stderr } = await type(`addresses add ${flags} --format ndjson`)
    const { id, address_type, username } = json()
    expect([exitCode, stderr]).toEqual([
      0,
      `✔ added a ${String(address_type)} address of ${String(username)} (id ${String(id)})\n`,
    ])
    expect(json()).toMatchObject({ ...made, created_at: expect.stringMatching(/Z$/) })
    expect(await lastLog()).toEqual({
      command: 'addresses add',
      entity: 'addresses',
      entity_id: id,
      message: `added for user ${String(json()['user_id'])}`,
    })
  })

  it('names no id and no time for what would be added', async () => {
    expect((await type(`addresses add --user ada --type billing ${berlin} -n --json`)).json()).toMatchObject({
      id: null,
      created_at: null,
      city: 'Berlin',
    })
    expect(await ids('')).toEqual([3, 2, 1])
  })

  it('are a line each on a narrow terminal, which names the columns that it omits', async () => {
    const { stdout, stderr } = await dbtool('addresses list', { database: shop.name, columns: 56 })
    expect(stdout).toMatch(/│ +1 │ ada +│ billing +│ Unter/)
    expect(stderr).toBe('the terminal is too narrow for created_at, user_id and\ncountry; --fields shows them\n')
  })
})

describe('addresses list', () => {
  it.each<[flags: string, expected: number[]]>([
    ['', [3, 2, 1]],
    ['--user ada', [2, 1]],
    ['--type shipping --sort id', [2, 3]],
    ['--country pl', [3]],
    ['--user ada --type shipping --country GB', [2]],
    ['--user ada --type shipping --country DE', []],
    ['--sort postal_code', [1, 3, 2]],
    ['--sort -country --limit 1 --offset 1', [2]],
  ])('dbtool addresses list %s', async (flags, expected) => {
    expect(await ids(flags)).toEqual(expected)
  })
})

describe('addresses update', () => {
  it.each<[flags: string, changed: object, log: string]>([
    ['--city Potsdam', { city: 'Potsdam', postal_code: '10117', rows_changed: 1 }, 'updated for user 1: city'],
    [
      '--city Potsdam --postal-code 14467 --country de',
      { city: 'Potsdam', postal_code: '14467', rows_changed: 1 },
      'updated for user 1: postal_code',
    ],
    [
      '--type shipping',
      { address_type: 'shipping', rows_changed: 1 },
      'updated for user 1: address_type billing → shipping',
    ],
    [
      '--street "Hauptstr. 1" --country at',
      { street: 'Hauptstr. 1', country: 'AT', rows_changed: 1 },
      'updated for user 1: street, country',
    ],
  ])('dbtool addresses update 1 %s', async (flags, changed, log) => {
    const { json } = await type(`addresses update 1 ${flags} --json`)
    expect(json()).toMatchObject({ id: 1, username: 'ada', ...changed })
    expect(await lastLog()).toEqual({ command: 'addresses update', entity: 'addresses', entity_id: 1, message: log })
    expect((await type('addresses list --user ada --sort id --json')).json<object[]>()[0]).toEqual({
      ...json(),
      rows_changed: undefined,
    })
  })

  it('with nothing to change is exit 0 and changes nothing', async () => {
    const before = await everything(shop)
    expect(await type('addresses update 2 --city London --country gb')).toMatchObject({
      exitCode: 0,
      stderr: 'nothing to change: address 2 has these values already\n',
    })
    expect((await type('addresses update 2 --city London --json')).json()).toMatchObject({ id: 2, rows_changed: 0 })
    expect(await everything(shop)).toEqual(before)
  })

  it('tells a person how many rows changed', async () => {
    expect((await type('addresses update 2 --city "City of London"')).stderr).toEqual(
      expect.stringMatching(/^✔ 1 row changed: city .* → City of London\n/),
    )
  })
})

describe('addresses remove', () => {
  const what = 'shipping address 3 of bob (ul. Długa 5, Łódź)'

  it('asks, and shows with --dry-run which it would be', async () => {
    expect(await type('addresses remove 3 --json')).toMatchObject({
      exitCode: 2,
      error: { message: `this needs a confirmation: Remove ${what}? ${targetSentence(shop.name)}` },
    })
    expect(await type('addresses remove 3 -n')).toMatchObject({
      exitCode: 0,
      stderr: `✔ ${what} would be removed; nothing was changed\n`,
    })
    expect(await ids('')).toEqual([3, 2, 1])
  })

  it('removes it, with a row in the log', async () => {
    expect(await type('addresses remove 3 --yes')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: `✔ removed ${what}\n`,
    })
    expect(await lastLog()).toEqual({
      command: 'addresses remove',
      entity: 'addresses',
      entity_id: 3,
      message: 'removed from user 2',
    })
    expect((await type('addresses remove 2 --yes --json')).json()).toMatchObject({ id: 2, city: 'City of London' })
    expect(await ids('')).toEqual([1])
    expect(await type('addresses remove 3 --yes')).toMatchObject({ exitCode: 5 })
  })
})
