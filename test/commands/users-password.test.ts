import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool, type Outcome, type Situation } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { everything } from '../support/shop.ts'

const shop = testDatabase()
const type = (line: string, situation: Situation = {}): Promise<Outcome> =>
  dbtool(line, { database: shop.name, ...situation })
const lastLog = async (): Promise<unknown> =>
  (await shop.connection.rows('SELECT command, entity, message FROM logs ORDER BY id DESC LIMIT 1'))[0]

const password = 'Abcdef-12345'
beforeAll(async () => {
  for (const username of ['ada', 'bob', 'eve']) {
    expect(
      await type(`users create --username ${username} --email ${username}@example.com --password-stdin`, {
        stdin: `${password}\n`,
      }),
    ).toMatchObject({ exitCode: 0 })
  }
  await shop.connection.execute(`UPDATE users SET is_active = FALSE WHERE username = 'eve'`)
  await shop.connection.execute(
    `INSERT INTO users (username, email, password_hash) VALUES ('imported', 'imported@example.com', '!')`,
  )
})

describe('users set-password', () => {
  const hash = async (): Promise<unknown> =>
    shop.connection.rows(`SELECT password_hash FROM users WHERE username = 'bob'`)
  const logsIn = async (typed: string): Promise<number> =>
    (await type('users authenticate --email bob@example.com --password-stdin', { stdin: typed })).exitCode

  it('makes one up and shows it once: in the answer for a program, on stderr for a person', async () => {
    const { exitCode, stderr, json } = await type('users set-password bob --generate-password --json')
    const generated = String(json()['password'])
    expect([exitCode, stderr, json()['username'], generated.length > 11]).toEqual([0, '', 'bob', true])
    expect([await logsIn(generated), await logsIn(password)]).toEqual([0, 6])
    expect((await type('users set-password bob --generate-password')).stderr).toMatch(
      /^password: \S+\n✔ bob has a new password\n$/,
    )
  })

  it('reads one, and shows neither it nor its hash anywhere', async () => {
    const { exitCode, stdout, stderr } = await type('users set-password bob --password-stdin --sql', {
      stdin: 'Geheim-54321\r\nand more',
    })
    expect(exitCode).toBe(0)
    expect(stdout + stderr).not.toMatch(/Geheim|\$2/)
    expect(stderr).toContain('-- ["********",2]')
    expect(await lastLog()).toEqual({
      command: 'users set-password',
      entity: 'users',
      message: 'set a new password',
    })
    expect(await logsIn('Geheim-54321')).toBe(0)
  })

  it('with --dry-run shows no password that nobody will have', async () => {
    const before = await hash()
    expect(await type('users set-password bob --generate-password -n')).toMatchObject({
      exitCode: 0,
      stderr: '✔ bob would get a new password; nothing was changed\n',
    })
    expect(await hash()).toEqual(before)
  })
})

describe('users authenticate', () => {
  const logIn = (email: string, stdin: string, flags = ''): Promise<Outcome> =>
    type(`users authenticate --email ${email}@example.com --password-stdin ${flags}`, { stdin })

  it('shows the user and stamps the login', async () => {
    const { exitCode, json, stderr } = await logIn('ADA', `${password}\n`, '--format ndjson')
    expect([exitCode, stderr]).toEqual([0, '✔ ada logged in\n'])
    expect(json()).toMatchObject({ username: 'ada', last_login: expect.stringMatching(/^\d{4}-/) })
    expect(await lastLog()).toEqual({ command: 'users authenticate', entity: 'users', message: 'logged in' })
  })

  const refusals = [
    ['nobody', password],
    ['eve', password],
    ['imported', '!'],
    ['ada', 'wrong'],
    ['ada', ''],
    ['ada', `${password}${'x'.repeat(100)}`],
    ['ada', 'a\0b'],
  ] as const

  it('refuses everybody else in the same words, after the same statements, and logs it without the email', async () => {
    const { logs: before, ...rest } = await everything(shop)
    const answers = await Promise.all(refusals.map(([email, typed]) => logIn(email, typed, '--sql')))
    const bytes = new Set(
      answers.map(({ exitCode, stdout, stderr }, index) =>
        JSON.stringify([
          exitCode,
          stdout,
          stderr
            .replace(/ \d+\.\d ms/g, '')
            .replace(refusals[index]![0], 'EMAIL')
            .replace(/"users",\d+,"login refused"/, '"users",ID,"login refused"'),
        ]),
      ),
    )
    expect([...bytes]).toHaveLength(1)
    expect(JSON.parse([...bytes][0]!)).toEqual([
      6,
      '',
      expect.stringMatching(
        new RegExp(
          /^→[^\n]*schema_migrations[^\n]*\n→[^\n]*FROM users WHERE email_key = \? {2}-- \["EMAIL@example\.com"\]\n/
            .source +
            /→[^\n]*START TRANSACTION\n→[^\n]*INSERT INTO logs [^\n]*"users",ID,"login refused"\]\n→[^\n]*COMMIT\n/
              .source +
            /error: the email and the password do not belong to a user who may log in\nhint: [^\n]*\n$/.source,
        ),
      ),
    ])
    expect((await logIn('nobody', password, '--json')).error).toMatchObject({ code: 'NOT_AUTHENTICATED', exitCode: 6 })
    const { logs, ...after } = await everything(shop)
    expect(after).toEqual(rest)
    const rows = logs?.slice(before?.length).map((row) => row as Record<string, unknown>) ?? []
    const ids = await shop.connection.rows<{ id: number; username: string }>('SELECT id, username FROM users')
    const idOf = (name: string): number => ids.find(({ username }) => username === name)?.id ?? 0
    expect(rows.map((row) => [row['message'], row['entity_id']]).sort()).toEqual(
      [...refusals, ['nobody']].map(([name]) => ['login refused', idOf(name)]).sort(),
    )
    expect(JSON.stringify(rows)).not.toMatch(/example|wrong/)
  })

  it('a dry run that is refused leaves no row', async () => {
    const before = await everything(shop)
    expect(await logIn('ada', 'wrong', '-n')).toMatchObject({ exitCode: 6 })
    expect(await everything(shop)).toEqual(before)
  })
})
