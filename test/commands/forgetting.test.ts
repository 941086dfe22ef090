import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { targetSentence } from '../support/people.ts'
import { everything, renewedShop } from '../support/shop.ts'

const shop = testDatabase()
const type = (line: string): Promise<Outcome> => dbtool(line, { database: shop.name })

beforeEach(() => renewedShop(shop))

describe('users anonymise', () => {
  const ada = 'user 1, ada <ada@example.com>'
  const reports = [
    'report top-products',
    'report orders-per-user --fields user_id,order_count,total_spent',
    'orders get 1',
  ]
  const figures = (): Promise<string[]> =>
    Promise.all(reports.map(async (line) => (await type(`${line} --json`)).stdout.replace(/"username": "\w+"/, '')))

  beforeEach(async () => {
    await shop.connection.execute(
      `UPDATE users SET first_name = 'Ada', last_name = 'King', is_admin = TRUE, last_login = '2026-01-02'
        WHERE id = 1`,
    )
    for (const kind of ['billing', 'shipping'])
      await type(`addresses add --user ada --type ${kind} --street S --city C --postal-code P --country DE`)
  })

  it('asks, says what stays, and what is not delivered yet', async () => {
    const before = await everything(shop)
    expect(await type('users anonymise ada --json')).toMatchObject({
      exitCode: 2,
      error: {
        message:
          `this needs a confirmation: Forget ${ada}, and keep 1 order; 1 not delivered yet? ` +
          targetSentence(shop.name),
        hint: 'add --yes to confirm it',
      },
    })
    await shop.connection.execute(`UPDATE orders SET status = 'delivered'`)
    expect((await type('users anonymise ada --json')).error.message).toContain(`${ada}, and keep 1 order? On `)
    await shop.connection.execute(`UPDATE orders SET status = 'confirmed'`)
    expect(await everything(shop)).toEqual({ ...before, orders: [expect.objectContaining({ id: 1 })] })
  })

  it('removes the person, and keeps the orders and every figure', async () => {
    const before = await figures()
    expect(await type('users anonymise ada --yes')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: `✔ ${ada} became anonymous_1\n`,
    })
    expect((await shop.connection.rows<object>('SELECT * FROM users WHERE id = 1'))[0]).toMatchObject({
      username: 'anonymous_1',
      email: 'anonymous_1@anonymised.invalid',
      password_hash: '!',
      first_name: null,
      last_name: null,
      is_active: 0,
      is_admin: 0,
      last_login: null,
    })
    expect(await figures()).toEqual(before)
    expect((await type('db check')).exitCode).toBe(0)
    const text = JSON.stringify(await everything(shop))
    expect(text).not.toMatch(/ada@example|"Ada"|King|"ada"/)
    expect((await type('logs list --limit 1 --json')).json<object[]>()[0]).toMatchObject({
      command: 'users anonymise',
      entity: 'users',
      entity_id: 1,
      message: 'anonymised (addresses: 2)',
    })
  })

  it('removes both forms of an address with an international domain', async () => {
    await type('users create --username lee --email lee@exämple.de --generate-password')
    expect((await type('users anonymise lee --yes')).exitCode).toBe(0)
    expect(JSON.stringify(await everything(shop))).not.toMatch(/exämple|xn--/)
    expect((await type('users get lee@exämple.de --json')).exitCode).toBe(5)
  })

  it('shows the user as it would be with --dry-run, and as it is with --json', async () => {
    const before = await everything(shop)
    expect(await type('users anonymise ADA@example.com -n')).toMatchObject({
      exitCode: 0,
      stderr: `✔ ${ada} would become anonymous_1; nothing was changed\n`,
    })
    expect(await everything(shop)).toEqual(before)
    expect((await type('users anonymise 1 --yes --json')).json()).toMatchObject({
      id: 1,
      username: 'anonymous_1',
      addresses_deleted: 2,
    })
  })

  it('a second time keeps the name, and removes what has come since', async () => {
    await type('users anonymise ada --yes')
    await type('users update anonymous_1 --first-name Ada')
    expect((await type('users anonymise anonymous_1 --yes --json')).json()).toMatchObject({
      username: 'anonymous_1',
      first_name: null,
    })
  })

  it('finds another name where somebody has that one', async () => {
    await shop.connection.execute(
      `UPDATE users SET username = 'anonymous_1', email = 'anonymous_1_2@anonymised.invalid' WHERE id = 2`,
    )
    expect((await type('users anonymise ada --yes --json')).json()).toMatchObject({ username: 'anonymous_1_3' })
  })

  it('of nobody is exit 5', async () => {
    expect(await type('users anonymise nobody --yes')).toMatchObject({ exitCode: 5 })
    expect(await type('users anonymise --json')).toMatchObject({ exitCode: 2, error: { message: 'missing <user>' } })
  })
})

describe('logs purge', () => {
  const messages = async (): Promise<string[]> =>
    (await shop.connection.rows<{ message: string }>('SELECT message FROM logs ORDER BY id')).map(
      ({ message }) => message,
    )
  beforeEach(() =>
    shop.connection.execute(
      `INSERT INTO logs (created_at, os_user, command, entity, entity_id, message)
        SELECT UTC_TIMESTAMP() - INTERVAL 100 DAY - INTERVAL seq SECOND, 'ada', '', 'users', 1, 'old'
          FROM seq_1_to_3`,
    ),
  )

  it('asks, with the number of rows and their time', async () => {
    expect((await type('logs purge --older-than 90d --json')).error.message).toMatch(
      /^this needs a confirmation: Delete 3 log rows from before \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\? On /,
    )
    expect((await type('logs purge --yes --json')).error.message).toBe('missing --older-than')
    expect((await type('logs purge --older-than 90 --yes --json')).error.message).toMatch(/the unit is missing$/)
    expect(await messages()).toHaveLength(8)
  })

  it('deletes the old rows alone, and leaves one about them', async () => {
    const kept = (await messages()).filter((message) => message !== 'old')
    const outcome = await type('logs purge --older-than 90d --yes')
    expect([outcome.exitCode, outcome.stdout, outcome.stderr]).toEqual([0, '', '✔ deleted 3 log rows\n'])
    expect(await messages()).toEqual([
      ...kept,
      expect.stringMatching(/^purged 3 log rows from before \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    ])
  })

  it('counts with --dry-run, and answers a script', async () => {
    const before = await everything(shop)
    const dry = await type('logs purge --older-than 90d -n')
    expect([dry.exitCode, dry.stderr]).toEqual([
      0,
      expect.stringMatching(/^✔ 3 log rows from before .*Z would be deleted; nothing was changed\n$/),
    ])
    expect(await everything(shop)).toEqual(before)
    const done = { rows_deleted: 3, before: expect.stringMatching(/Z$/) }
    expect((await type('logs purge --older-than 90d --yes --json')).json()).toEqual(done)
    expect((await type('logs purge --older-than 90d --yes --json')).json()).toEqual({ ...done, rows_deleted: 0 })
  })

  it('of nothing is exit 0, asks nothing and leaves no row', async () => {
    const before = await everything(shop)
    const { exitCode, stderr } = await type('logs purge --older-than 200d')
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/^there are no log rows from before .*Z; nothing was changed\n$/),
    ])
    expect(await everything(shop)).toEqual(before)
  })

  it('of very many takes several statements and one transaction', async () => {
    await shop.connection.execute(
      `INSERT INTO logs (created_at, os_user, command, entity, entity_id, message)
        SELECT UTC_TIMESTAMP() - INTERVAL 100 DAY, 'ada', '', 'users', 1, 'old' FROM seq_1_to_20000`,
    )
    const { stderr } = await type('logs purge --older-than 90d --yes --sql')
    expect(stderr.match(/DELETE FROM logs/g)).toHaveLength(3)
    expect(stderr.match(/COMMIT/g)).toHaveLength(1)
    expect(await messages()).not.toContain('old')
  })
})
