import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { verify } from '@node-rs/bcrypt'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything } from '../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()
/** As another system makes them. */
const hash = '$2y$04$abcdefghijklmnopqrstuuW8oXnqGvYB6kVxkTzq5o1DY8mB0iYGa'

beforeEach(async () => {
  for (const table of ['orders', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
})

function importing(content: string, flags = ''): Promise<Outcome> {
  const path = join(folder, 'users.csv')
  writeFileSync(path, content)
  return dbtool(`users import ${path} --json ${flags}`, { database: database.name })
}

/** With everything that a file may set. */
const importingAll = (content: string, flags = ''): Promise<Outcome> =>
  importing(content, `--with-admins --with-password-hashes ${flags}`)

const users = () =>
  database.connection.rows<Record<string, unknown>>(
    'SELECT username, email, first_name, is_active, is_admin, password_hash, CAST(last_login AS CHAR) AS ' +
      'last_login FROM users ORDER BY id',
  )
const logs = async () =>
  (await database.connection.rows<{ message: string }>('SELECT message FROM logs ORDER BY id')).map(
    ({ message }) => message,
  )

describe('what is created', () => {
  it('has what the file says, in lower case where the shop has it so; without a hash nobody can log in', async () => {
    const content =
      'username,email,first_name,is_admin,password_hash,last_login\n' +
      `Ada,Ada@Example.com,Ada,yes,${hash},2026-01-02T03:04:05Z\nbob,bob@example.com,,,!,\n` +
      'cleo,cleo@example.com,,,,\n'
    expect((await importingAll(content)).json()).toMatchObject({
      rows_read: 3,
      created: 3,
      admins: 1,
      password_hashes: 1,
    })
    expect(await users()).toEqual([
      {
        username: 'ada',
        email: 'ada@example.com',
        first_name: 'Ada',
        is_active: 1,
        is_admin: 1,
        password_hash: hash,
        last_login: '2026-01-02 03:04:05',
      },
      {
        username: 'bob',
        email: 'bob@example.com',
        first_name: null,
        is_active: 1,
        is_admin: 0,
        password_hash: '!',
        last_login: null,
      },
      {
        username: 'cleo',
        email: 'cleo@example.com',
        first_name: null,
        is_active: 1,
        is_admin: 0,
        password_hash: '!',
        last_login: null,
      },
    ])
    expect(await logs()).toEqual(['created', 'created', 'created'])
  })

  it('keeps a hash that somebody can log in with', async () => {
    const { hashPassword } = await import('../../src/shop/users/passwords.ts')
    await importingAll(`username,email,password_hash\nada,ada@example.com,${await hashPassword('Sesame-12-open!')}\n`)
    expect(await verify('Sesame-12-open!', String((await users())[0]?.['password_hash']))).toBe(true)
  })
})

describe('a password hash', () => {
  const bad = [
    'hunter2',
    hash.replace('$2y', '$2x'),
    hash.replace('$04', '$03'),
    hash.replace('$04', '$15'),
    hash.replace('$04', '$31'),
    hash.replace('$04', '$32'),
    hash.slice(0, -1),
    `${hash}x`,
    hash.replace('abc', 'a!c'),
    '!!',
    `plain:${hash}`,
  ]

  it.each(bad)('must be one: %s', async (text) => {
    const { exitCode, error, stderr } = await importingAll(
      `username,email,password_hash\nada,ada@example.com,${text}\n`,
      '-v',
    )
    expect([exitCode, error.message]).toEqual([
      2,
      expect.stringMatching(
        /line 2: password_hash must be a bcrypt hash \(\$2a\$, \$2b\$ or \$2y\$, cost 04 to 14, 53 characters\) or !$/,
      ),
    ])
    expect(stderr).not.toContain(text === '!!' ? "'!!'" : text)
  })

  it('is never shown: not by --sql, not in the log, not where the server refuses the row', async () => {
    const other = hash.replace('04', '05')
    await database.connection.execute('ALTER TABLE users ADD CONSTRAINT no_admin CHECK (NOT is_admin)')
    try {
      const path = join(folder, 'hashes.csv')
      const write = (...rows: string[]): void =>
        writeFileSync(path, `username,email,password_hash,is_admin\n${rows.join('\n')}\n`)
      const run = (flags: string): Promise<Outcome> =>
        dbtool(`users import ${path} -v --sql --with-admins --with-password-hashes ${flags}`, {
          database: database.name,
        })
      write(`ada,ada@example.com,${hash},`)
      const created = await run('')
      write(`ada,ada@example.com,${other},`)
      const updated = await run('--on-conflict update')
      write(`eve,eve@example.com,${hash},yes`)
      const refused = await run('')
      write(`ada,other@example.com,${hash},yes`)
      const conflict = await run('--on-conflict update --on-error skip')
      expect([created, updated, refused, conflict].map(({ exitCode }) => exitCode)).toEqual([0, 0, 6, 7])
      for (const { stdout, stderr } of [created, updated, refused, conflict])
        expect(stdout + stderr).not.toMatch(/\$2y\$0[45]\$/)
      expect(created.stderr).toMatch(/INSERT INTO users .* {2}-- \["rows: 1"\]/)
      expect(await users()).toMatchObject([{ username: 'ada', password_hash: other }])
      expect(await logs()).toEqual(['created', 'updated: password_hash'])
    } finally {
      await database.connection.execute('ALTER TABLE users DROP CONSTRAINT no_admin')
    }
  })

  it('is starred where the server quotes it', async () => {
    await database.connection.execute('ALTER TABLE users ADD UNIQUE KEY one_hash_each (password_hash)')
    try {
      const { error } = await importingAll(
        `username,email,password_hash\nada,ada@example.com,${hash}\nbob,bob@example.com,${hash}\n`,
      )
      expect([error.code, error.message]).toEqual([
        'DUPLICATE',
        expect.stringMatching(/line 3: Duplicate entry '\*{8}' for key 'one_hash_each'$/),
      ])
    } finally {
      await database.connection.execute('ALTER TABLE users DROP KEY one_hash_each')
    }
  })

  it('stays where an update brings none', async () => {
    await importingAll(`username,email,password_hash\nada,ada@example.com,${hash}\n`)
    expect(
      (
        await importing('username,email,password_hash,first_name\nada,ada@example.com,,Ada\n', '--on-conflict update')
      ).json(),
    ).toMatchObject({ updated: 1 })
    expect(await users()).toMatchObject([{ first_name: 'Ada', password_hash: hash }])
  })
})

describe('rights come from a file only where the user says so', () => {
  const other = hash.replace('$04', '$05')
  beforeEach(() =>
    importingAll(`username,email,is_admin,password_hash\nada,ada@example.com,1,${hash}\nbob,bob@example.com,0,!\n`),
  )

  it.each<[what: string, content: string, flags: string, fault: string]>([
    ['a new admin', 'username,email,is_admin\ncleo,c@example.com,yes\n', '', 'is_admin is set only with --with-admins'],
    [
      'a new hash',
      `username,email,password_hash\ncleo,c@example.com,${hash}\n`,
      '--with-admins',
      'password_hash is set only with --with-password-hashes',
    ],
    [
      'both',
      `username,email,is_admin,password_hash\ncleo,c@example.com,1,${hash}\n`,
      '',
      'is_admin is set only with --with-admins; password_hash is set only with --with-password-hashes',
    ],
    [
      'somebody who becomes an admin',
      'username,email,is_admin\nbob,bob@example.com,true\n',
      '--on-conflict update --with-password-hashes',
      'is_admin is set only with --with-admins',
    ],
    [
      'somebody who is an admin no more',
      'username,email,is_admin\nada,ada@example.com,false\n',
      '--on-conflict update',
      'is_admin is set only with --with-admins',
    ],
    [
      'another hash of somebody',
      `username,email,password_hash\nada,ada@example.com,${other}\n`,
      '--on-conflict update --with-admins',
      'password_hash is set only with --with-password-hashes',
    ],
    [
      'a hash that is taken away',
      'username,email,password_hash\nada,ada@example.com,!\n',
      '--on-conflict update',
      'password_hash is set only with --with-password-hashes',
    ],
  ])('%s: a fault, and nothing is changed', async (_what, content, flags, fault) => {
    const before = await everything(database)
    expect(await importing(content, flags)).toMatchObject({
      exitCode: 2,
      stdout: '',
      error: { code: 'BAD_INPUT', message: expect.stringMatching(new RegExp(`line 2: ${fault}$`)) },
    })
    expect(await everything(database)).toEqual(before)
  })

  it('with --on-error skip, such a row is a reject, and the others are taken', async () => {
    const content = 'username,email,is_admin\ncleo,c@example.com,1\ndora,d@example.com,0\n'
    expect(await importing(content, '--on-error skip')).toMatchObject({ exitCode: 7 })
    expect((await users()).map(({ username, is_admin: admin }) => [username, admin])).toEqual([
      ['ada', 1],
      ['bob', 0],
      ['dora', 0],
    ])
  })

  it.each([
    [
      'no admin and no hash',
      'username,email,is_admin,password_hash\ncleo,c@example.com,0,!\ndora,d@example.com,,\n',
      '',
    ],
    [
      'what is there already',
      `username,email,is_admin,password_hash\nada,ada@example.com,1,${hash}\nbob,bob@example.com,0,!\n`,
      '--on-conflict update',
    ],
    [
      'somebody who is skipped',
      `username,email,is_admin,password_hash\nbob,bob@example.com,1,${hash}\n`,
      '--on-conflict skip',
    ],
  ])('%s needs no flag', async (_what, content, flags) => {
    expect((await importing(content, flags)).json()).toMatchObject({ updated: 0, admins: 0, password_hashes: 0 })
  })

  it('they are counted, in a dry run too, and shown to people', async () => {
    const content =
      'username,email,is_admin,password_hash\n' +
      `ada,ada@example.com,0,${other}\nbob,bob@example.com,1,\ncleo,c@example.com,1,${hash}\ndora,d@example.com,0,!\n`
    for (const flags of ['--on-conflict update -n', '--on-conflict update --on-error skip'])
      expect((await importingAll(content, flags)).json()).toMatchObject({
        created: 2,
        updated: 2,
        admins: 3,
        password_hashes: 2,
      })
    const path = join(folder, 'more.csv')
    writeFileSync(path, 'username,email,is_admin\neve,e@example.com,1\n')
    const { stdout } = await dbtool(`users import ${path} --with-admins --format vertical`, { database: database.name })
    expect(stdout).toMatch(/^admins +1$/m)
    expect(stdout).toMatch(/^password_hashes +0$/m)
  })
})

describe('who is there already', () => {
  beforeEach(() => importing('username,email,first_name\nada,ada@example.com,Ada\nbob,bob@example.com,Bob\n'))

  const conflicts: readonly [what: string, rows: string[], faults: RegExp[], policies: string[]][] = [
    ['a username', ['ADA,new@example.com,'], [/line 2: username 'ada' already exists \(user \d+\)$/], ['error']],
    [
      'an email of somebody else',
      ['cleo,BOB@example.com,'],
      [/line 2: email 'bob@example.com' belongs to user 'bob' \(id \d+\)$/],
      ['error', 'skip', 'update'],
    ],
    [
      'both, of two people',
      ['ada,bob@example.com,'],
      [/line 2: email 'bob@example.com' belongs to user 'bob'/],
      ['error', 'skip', 'update'],
    ],
    [
      'a username twice',
      ['cleo,c1@example.com,', 'Cleo,c2@example.com,'],
      [/line 3: duplicate username 'cleo': already on an earlier line$/],
      ['error', 'skip', 'update'],
    ],
    [
      'an email twice',
      ['cleo,c@example.com,', 'dora,C@example.com,'],
      [/line 3: duplicate email 'c@example.com': already on an earlier line$/],
      ['error', 'skip', 'update'],
    ],
    [
      'somebody twice',
      ['ada,ada@example.com,Ada', 'ada,ada@example.com,Ada'],
      [/line 3: duplicate username 'ada': already on an earlier line$/],
      ['skip', 'update'],
    ],
  ]

  it.each(
    conflicts.flatMap(([what, rows, faults, policies]) =>
      policies.map((policy) => [what, policy, rows, faults] as const),
    ),
  )('%s, with --on-conflict %s: a fault, and nothing is changed', async (_what, policy, rows, faults) => {
    const before = await everything(database)
    const { exitCode, error } = await importing(
      `username,email,first_name\n${rows.join('\n')}\n`,
      `--on-conflict ${policy}`,
    )
    expect(error.faults ?? [error.message]).toEqual(faults.map((fault): unknown => expect.stringMatching(fault)))
    expect(exitCode).toBe(error.code === 'DUPLICATE' ? 6 : 2)
    expect(await everything(database)).toEqual(before)
  })

  it('skip: is left as it is', async () => {
    expect(
      (
        await importing(
          'username,email,first_name\nada,new@example.com,Other\ncleo,cleo@example.com,\n',
          '--on-conflict skip',
        )
      ).json(),
    ).toMatchObject({ created: 1, skipped: 1 })
    expect(await users()).toMatchObject([
      { email: 'ada@example.com', first_name: 'Ada' },
      { username: 'bob' },
      { username: 'cleo' },
    ])
  })

  it('update: an address moves on to the next when it is given up on an earlier line, and not before', async () => {
    const moves = 'bob,bob@elsewhere.example,Bob\nada,bob@example.com,Ada\n'
    expect((await importing(`username,email,first_name\n${moves}`, '--on-conflict update')).json()).toMatchObject({
      updated: 2,
    })
    expect((await users()).map(({ email }) => email)).toEqual(['bob@example.com', 'bob@elsewhere.example'])
    expect(
      await importing('username,email\nada,bob@elsewhere.example\nbob,other@example.com\n', '--on-conflict update'),
    ).toMatchObject({ exitCode: 6, error: { code: 'DUPLICATE' } })
  })

  it('a user whom somebody wrote in capitals is the same one', async () => {
    await database.connection.execute(
      "UPDATE users SET username = 'BOB', email = 'BOB@Example.com' WHERE username = 'bob'",
    )
    expect(
      (await importing('username,email,first_name\nbob,bob@example.com,Bob\n', '--on-conflict skip')).json(),
    ).toMatchObject({ skipped: 1 })
    expect(
      (await importing('username,email,first_name\nbob,bob@example.com,Bob\n', '--on-conflict update')).json(),
    ).toMatchObject({ updated: 1 })
    expect((await users())[1]).toMatchObject({ username: 'bob', email: 'bob@example.com' })
  })
})

describe('a file without usernames', () => {
  it('makes free ones from the addresses, and tells them', async () => {
    await importing('username,email\nkim,first@example.com\n')
    const path = join(folder, 'customers.csv')
    writeFileSync(
      path,
      "First Name,Email\nKim,Kim@Example.com\nSeán,o'hara@example.ie\n" + 'Lee,lee@exämple.de\nLee,lee@example.de\n',
    )
    const run = await dbtool(['users', 'import', path, '--map', 'email=Email,first_name="First Name"'], {
      database: database.name,
    })
    expect(run.exitCode).toBe(0)
    expect(run.stderr).toContain("line 2: username 'kim_2' was made for kim@example.com\n")
    expect(
      await database.connection.rows('SELECT username, email, email_ascii FROM users WHERE id > 0 ORDER BY id'),
    ).toEqual([
      { username: 'kim', email: 'first@example.com', email_ascii: null },
      { username: 'kim_2', email: 'kim@example.com', email_ascii: null },
      { username: 'o_hara', email: "o'hara@example.ie", email_ascii: null },
      { username: 'lee', email: 'lee@exämple.de', email_ascii: 'lee@xn--exmple-cua.de' },
      { username: 'lee_2', email: 'lee@example.de', email_ascii: null },
    ])
  })

  it('finds who exists by the address', async () => {
    await importing('username,email,first_name\nada,ada@example.com,Ada\nlee,lee@exämple.de,Lee\n')
    const content = 'email,first_name\nADA@example.com,Augusta\nlee@xn--exmple-cua.de,Li\nnew@example.com,New\n'
    expect(await importing(content)).toMatchObject({ exitCode: 6, error: { code: 'DUPLICATE' } })
    expect((await importing(content, '--on-conflict skip')).json()).toMatchObject({ created: 1, skipped: 2 })
    expect((await importing(content, '--on-conflict update')).json()).toMatchObject({ updated: 2, unchanged: 1 })
    expect(await users()).toMatchObject([
      { username: 'ada', email: 'ada@example.com', first_name: 'Augusta' },
      { username: 'lee', email: 'lee@xn--exmple-cua.de', first_name: 'Li' },
      { username: 'new', email: 'new@example.com', first_name: 'New' },
    ])
  })

  it('an address twice is a fault, however it is written', async () => {
    const { exitCode, error } = await importing('email\nlee@exämple.de\nLee@EXÄMPLE.de\nlee@xn--exmple-cua.de\n')
    expect([exitCode, error.faults]).toEqual([
      2,
      [
        expect.stringContaining("line 3: duplicate email 'lee@exämple.de': already on an earlier line"),
        expect.stringContaining("line 4: duplicate email 'lee@xn--exmple-cua.de': already on an earlier line"),
      ],
    ])
  })

  it('an update needs one of the two', async () => {
    await importing('username,email\nada,ada@example.com\n')
    expect((await importing('username,is_active\nada,no\n', '--on-conflict update')).json()).toMatchObject({
      updated: 1,
    })
    expect(await importing('username,is_active\nbob,no\n', '--on-conflict update')).toMatchObject({
      exitCode: 5,
      error: { message: expect.stringContaining("there is no user with username 'bob', and a new one needs email") },
    })
    expect(await importing('username,email\n,\n,x\n', '--on-conflict update')).toMatchObject({ exitCode: 2 })
  })
})

it('the rejects may hold hashes: only their owner can read them', async () => {
  const rejects = join(folder, 'rejects.csv')
  await importing(`username,email,password_hash\na,ada@example.com,${hash}\n`, `--on-error skip --rejects ${rejects}`)
  expect(readFileSync(rejects, 'utf8')).toContain(hash)
  expect(statSync(rejects).mode & 0o777).toBe(0o600)
})

it('a map names a column that we do not have', async () => {
  expect(await importing('username,email\n', '--map user=Login')).toMatchObject({
    exitCode: 2,
    error: { code: 'USAGE', message: expect.stringContaining('--map: unknown field "user"') },
  })
  expect(await importing('username,mail\n')).toMatchObject({
    exitCode: 2,
    error: { message: expect.stringContaining('no column "email"; did you mean "mail"?') },
  })
})
