import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readEnvFile } from '../../src/config/env-file.ts'
import { dbtool, words, type Situation } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { shipped } from '../support/migrations.ts'
import { everything, smallShop } from '../support/shop.ts'

const shop = testDatabase()
beforeAll(() => smallShop(shop.name))

const folder = temporaryFolder()
/** A folder with an env file of these contents. */
function withEnvFile(name: string, text: string, mode: number): string {
  const path = join(folder, name)
  mkdirSync(path)
  writeFileSync(join(path, '.env'), text)
  chmodSync(join(path, '.env'), mode)
  return path
}
const worldReadable = withEnvFile('world', 'DB_PASSWORD=hunter2\n', 0o644)
const worldReadableUrl = withEnvFile('world-url', 'DB_URL=mariadb://u:hunter2@h/d\n', 0o604)
const wrongFile = withEnvFile('wrong', '\ufeffDB_PORT=99999\nDB_POOL_TIMEOUT=soon\n', 0o644)
const misspelt = withEnvFile(
  'misspelt',
  '# ours\nDB_HSOT=h\nDB_DATABASE=shop\nDB_COLOUR=blue\nAPP_KEY=1\nexport DB_PORT=3306 # yes\n',
  0o644,
)
const unreadable = withEnvFile(
  'unreadable',
  'GREETING="a\n b"\r\n\r\nDB_PASSWORD hunter2\n  # a comment\nDB_PORT: 3306\nwords\n',
  0o600,
)
const twoPlaces = withEnvFile('two-places', 'DB_HOST=h\nDB_SOCKET=/s\n', 0o644)
const long = 'n'.repeat(256)

const name = 'must be 3 to 50 letters A-Z, digits or _, not'
const whole = 'must be a whole number from'
const time =
  'must be a time such as 2026-11-22 or 2026-11-22T10:30:00Z, an age such as 30d, ' +
  'or a day such as today or monday, not'
const amount = 'must be an amount such as 19.90, not'
const duration = 'must be a duration such as 250ms, 5s, 1m or 30d, not'
const url = 'must be a URL such as mariadb://user@host:port/database:'
const encodings = 'write # as %23, ? as %3F, / as %2F, @ as %40 and % as %25'
const create = 'users create --email a@example.com --generate-password --username'
const product = 'products create --sku S --name N --price'
const order = 'orders place --user ada --item'

/** What is typed and where; all the faults that are named, which is one sentence each. */
const usage: readonly [line: string | string[], faults: string[], situation?: Situation][] = [
  ['users import u.csv --on-error skip --rejects -', ["--rejects must be a file, not '-'"]],
  ['orders import o.csv --on-error skip --rejects /dev/stdout', ["--rejects must be a file, not '/dev/stdout'"]],
  ['users list', [`DB_PORT (environment) ${whole} 1 to 65535, not 'abc'`], { env: { DB_PORT: 'abc' } }],
  [
    'users list',
    [
      `DB_URL (environment) ${url} character 16 must be percent-encoded`,
      `DB_PORT (environment) ${whole} 1 to 65535, not 'abc'`,
      "DB_CHARSET (environment) must be utf8mb4, not 'latin1': other character sets lose characters",
      'DB_SSL_MODE (environment) must be one of disabled, preferred, required, verify-fingerprint, verify-ca, ' +
        "verify-identity, not 'on'",
      `DB_POOL_SIZE (environment) ${whole} 1 to 10000, not '0'`,
      `DB_POOL_TIMEOUT (environment) ${duration} 'soon'`,
      "DB_STATEMENT_TIMEOUT (environment) must be at most 24d, not '25d'",
    ],
    {
      env: {
        DB_URL: 'mariadb://u:geh^eim@h/d',
        DB_PORT: 'abc',
        DB_CHARSET: 'latin1',
        DB_SSL_MODE: 'on',
        DB_POOL_SIZE: '0',
        DB_POOL_TIMEOUT: 'soon',
        DB_STATEMENT_TIMEOUT: '25d',
      },
    },
  ],
  [
    'config show',
    [`DB_PORT (.env) ${whole} 1 to 65535, not '99999'`, `DB_POOL_TIMEOUT (.env) ${duration} 'soon'`],
    { cwd: wrongFile },
  ],
  [
    'config show',
    [
      'DB_HSOT (.env) is not a setting of dbtool; did you mean DB_HOST?',
      'DB_DATABASE (.env) is not a setting of dbtool; did you mean DB_NAME?',
    ],
    { cwd: misspelt },
  ],
  [
    'config show',
    [4, 7].map((line) => `line ${line} of .env must have the form NAME=value, or be a comment that starts with #`),
    { cwd: unreadable },
  ],
  ['config show', ['DB_HOST and DB_SOCKET (.env) exclude each other'], { cwd: twoPlaces }],
  ['users list --host h --socket /s', ['--host and --socket exclude each other']],
  ['config show', ['.env contains a password, and every user of this machine can read it'], { cwd: worldReadable }],
  ['config show', ['.env contains a password, and every user of this machine can read it'], { cwd: worldReadableUrl }],
  [
    'config show',
    [
      '.env contains a password, and every user of this machine can read it; run: chmod 600 .env',
      `DB_PORT (environment) ${whole} 1 to 65535, not 'abc'`,
      'cannot read the password file /none: there is no such file; check --password-file and DB_PASSWORD_FILE',
    ],
    { cwd: worldReadable, as: 'owner', env: { DB_PORT: 'abc', DB_PASSWORD_FILE: '/none' } },
  ],
  [['pool', 'tune', '--goal', 'p99<fast'], ["--goal must be throughput, or a limit such as p99<50ms, not 'p99<fast'"]],
  [
    'config show --env-file none.env',
    ['cannot read the environment file none.env: there is no such file'],
    { cwd: folder },
  ],
  ['config show --password-file none', ['cannot read the password file none: there is no such file']],
  [['config', 'show', '--url', 'mariadb://ada@h o/d'], [`--url ${url} character 16 must be percent-encoded`]],
  ['config show --url postgres://h/d', [`--url ${url} it must start with mariadb://`]],
  ['config show --url mariadb://h:port/d', [`--url ${url} the host or the port is invalid`]],
  [
    'config show --url mariadb://h/d?ssl=1',
    [`--url ${url} '?' and the text after it are not allowed, except for ?socket=PATH`],
  ],
  [
    'config show --url mariadb://h/d%zz',
    [`--url ${url} a % is not the beginning of an encoded character; ${encodings}`],
  ],
  ...['a#b', 'a?b', 'a/b', '1#2', '1?2', '1/2', 'a@b/c'].map((password): [string, string[]] => [
    `config show --url mariadb://ada:${password}@h/d`,
    [`--url ${url} a #, ? or / comes before the @; ${encodings}`],
  ]),
  ['config show --url mariadb://ada:1/2@h', [`--url ${url} a #, ? or / comes before the @; ${encodings}`]],
  [
    'users list --port 0 --host a/b --ssl-mode on --format xml',
    [
      "--host must be a host name or an address, not 'a/b'",
      `--port ${whole} 1 to 65535, not '0'`,
      '--ssl-mode must be one of disabled, preferred, required, verify-fingerprint, verify-ca, verify-identity, ' +
        "not 'on'",
      "--format must be one of table, vertical, json, ndjson, csv, tsv, markdown, ids, count, not 'xml'",
    ],
  ],
  [`${create} 😀😀😀`, [`--username ${name} '😀😀😀'`]],
  [`${create} ${'a'.repeat(51)}`, [`--username ${name} '${'a'.repeat(40)}…'`]],
  [
    'users create --username x --email y --first-name "" --last-name a\u0085b',
    [
      `--username ${name} 'x'`,
      "--email must be an address such as ada@example.com (at most 255 characters), not 'y'",
      '--first-name must not be empty',
      '--last-name must not contain control characters',
    ],
  ],
  [
    'users update ada --email y --first-name a\u0085b --last-name ' + 'n'.repeat(101),
    [
      "--email must be an address such as ada@example.com (at most 255 characters), not 'y'",
      '--first-name must not contain control characters',
      '--last-name must have at most 100 characters, not 101',
    ],
  ],
  ['users purge --inactive-for 365', [`--inactive-for ${duration} '365': the unit is missing`]],
  ['users purge --inactive-for 36501d', ["--inactive-for must be at most 36500d, not '36501d'"]],
  [
    `addresses add --type home --street "" --city ${'c'.repeat(101)} --postal-code ${'1'.repeat(21)} --country Germany`,
    [
      "--type must be one of billing, shipping, not 'home'",
      '--street must not be empty',
      '--city must have at most 100 characters, not 101',
      '--postal-code must have at most 20 characters, not 21',
      "--country must be two letters of ISO 3166-1 such as DE, not 'Germany'; did you mean DE?",
    ],
  ],
  [
    `addresses update 0 --street ${long} --country XX`,
    [
      '--street must have at most 255 characters, not 256',
      "--country must be two letters of ISO 3166-1 such as DE, not 'XX'",
      `<id> ${whole} 1 to 2147483647, not '0'`,
    ],
  ],
  [
    'addresses list --country UK --sort street',
    [
      "--country must be two letters of ISO 3166-1 such as DE, not 'UK'; did you mean GB?",
      '--sort must be one of id, user_id, address_type, city, postal_code, country, created_at, with the ' +
        "prefix - for descending order, not 'street'",
    ],
  ],
  ['users update ada --active --inactive', ["option '--active' cannot be used with option '--inactive'"]],
  [
    'users set-password ada --password-stdin',
    [
      'the password from standard input must have at least 12 characters, an upper-case letter, a special ' +
        'character such as ! or #',
    ],
    { stdin: 'geheim1\n' },
  ],
  [
    [...words(create), 'carol', '--first-name', 'a\tb', '--last-name', 'a\nb'],
    ['first', 'last'].map((which) => `--${which}-name must not contain control characters`),
  ],
  [
    ['products', 'create', '--price', '1', '--name', 'a\nb', '--sku', 'a\tb', '--description', 'a\tb\u0007'],
    ['--name', '--sku', '--description'].map((flag) => `${flag} must not contain control characters`),
  ],
  [
    'products create --sku NULL --name N --price 1',
    ['--sku must not be NULL, by which other programs write an empty cell'],
  ],
  [`products create --name ${long} --price 1`, ['--name must have at most 255 characters, not 256']],
  [`${product} 1,50`, [`--price ${amount} '1,50'`]],
  [`${product} 0.001`, ["--price must have at most two decimals, not '0.001': money is never rounded"]],
  [`${product} 1e3`, [`--price ${amount} '1e3'`]],
  [`${product} -1`, [`--price ${amount} '-1'`]],
  [`${product} 100000000`, ["--price must be at most 99999999.99, not '100000000'"]],
  [`${product} 1,5 --stock 1e3`, [`--price ${amount} '1,5'`, `--stock ${whole} 0 to 2147483647, not '1e3'`]],
  ...['1e3', '-0', '0', '٣', '2147483648', '1.5', ''].map((quantity): [string, string[]] => [
    `${order} TEA-1:${quantity}`,
    [`--item 'TEA-1:${quantity}': the quantity ${whole} 1 to 2147483647, not '${quantity}'`],
  ]),
  [
    `${order} TEA-1 --item :1`,
    [
      "--item must be <product>:<quantity> such as TEA-1:2, not 'TEA-1'",
      "--item must be <product>:<quantity> such as TEA-1:2, not ':1'",
    ],
  ],
  [
    `${order} TEA-1:x --idempotency-key ${'k'.repeat(201)}`,
    [
      `--item 'TEA-1:x': the quantity ${whole} 1 to 2147483647, not 'x'`,
      '--idempotency-key must have at most 200 characters, not 201',
    ],
  ],
  ['orders get one', [`<id> ${whole} 1 to 2147483647, not 'one'`]],
  ['orders get 2147483648', [`<id> ${whole} 1 to 2147483647, not '2147483648'`]],
  [
    'users list --limit -1 --offset x --min-orders 1.5',
    ['--limit', '--offset', '--min-orders'].map(
      (flag, index) => `${flag} ${whole} 0 to 2147483647, not '${['-1', 'x', '1.5'][index] ?? ''}'`,
    ),
  ],
  [
    'users list --sort password_hash',
    [
      '--sort must be one of id, username, email, created_at, last_login, with the prefix - for descending ' +
        "order, not 'password_hash'",
    ],
  ],
  ['users list --created-since tomorrow', [`--created-since ${time} 'tomorrow'`]],
  [
    'report top-products --since 2026-02-30 --until 999999999d --by price',
    [`--since ${time} '2026-02-30'`, `--until ${time} '999999999d'`, "--by must be one of units, revenue, not 'price'"],
  ],
  [
    'orders list --status sent',
    ["--status must be one of pending, confirmed, shipped, delivered, cancelled, not 'sent'"],
  ],
  [
    'pool stress --pool-timeout 5 --duration 1,5s --warmup -1s --workers 0 --mode fast',
    [
      `--pool-timeout ${duration} '5': the unit is missing`,
      `--workers ${whole} 1 to 100000, not '0'`,
      `--duration ${duration} '1,5s'`,
      `--warmup ${duration} '-1s'`,
      "--mode must be one of fair, driver, static, none, not 'fast'",
    ],
  ],
  [['pool', 'stress', '--sql', ' '], ['--sql must not be empty']],
  ['pool stress --pool-timeout 30d', ["--pool-timeout must be at most 24d, not '30d'"]],
  ['pool stress --iterations 1 --duration 1s', ['--iterations and --duration exclude each other']],
  ['users list --active --inactive', ["option '--active' cannot be used with option '--inactive'"]],
  [['users', 'get', ''], ["a user is an id, a username or an email, not ''"]],
  [['orders', 'list', '--user', ' '], ["a user is an id, a username or an email, not ' '"]],
  [['products', 'get', ''], ["a product is an id or a SKU, not ''"]],
  ['users get ada --email ada@example.com', ['<user> and --email exclude each other']],
  [
    'users create --password-stdin --generate-password',
    ["option '--password-stdin' cannot be used with option '--generate-password'"],
  ],
  [
    'users create --username carol --email c@example.com --password-stdin',
    [
      'the password from standard input must have at least 12 characters, an upper-case letter, a special ' +
        'character such as ! or #',
    ],
    { stdin: 'geheim1\n' },
  ],
  [
    'users create --username carol --email c@example.com --password-stdin',
    ['there is no password in standard input'],
    { stdin: '' },
  ],
  ['connection test --ask-password --password-file -', ['--ask-password and --password-file exclude each other']],
  ['db migrate --to 99', [`there is no migration 99: the last one is ${shipped.length}`]],
  ['users list one two', ["too many arguments for users list: 'one', 'two'"]],
  ['orders get 1 2', ["too many arguments for orders get: '2'"]],
  ['users list --limit', ['--limit <n> needs a value']],
  ['orders confirm --all=true', ['--all takes no value']],
  ['orders list --json=id', ['--json takes no value']],
  ['orders place --no-input=1', ['--no-input takes no value']],
  ['orders deliver --all --status pending', ["--status must be shipped, not 'pending'"]],
  ['sql @nowhere.sql', ['cannot read nowhere.sql: there is no such file']],
  ['pool stress --baseline nowhere.json', ['cannot read nowhere.json: there is no such file']],
]

describe('the way out of a mistake', () => {
  it.each([
    [['sql', 'SELECT', '1'], 'put the statement in quotes; see: dbtool sql --help'],
    [['sql', 'SELEC 1'], 'did you mean SELECT? otherwise, add --write to allow changes'],
    [['sql', 'TRUNCATE users'], 'add --write to allow changes'],
    [['orders', 'place', 'ada', 'TEA-1:2'], 'it takes only flags; see: dbtool orders place --help'],
    [['orders', 'get', '1', '2'], 'see: dbtool orders get --help'],
    // As `gh` takes them.
    [['orders', 'list', 'id,status'], 'for these columns: --json --fields id,status; see: dbtool orders list --help'],
    [
      ['orders', 'get', '1', 'items.sku,id'],
      'for these columns: --json --fields items.sku,id; see: dbtool orders get --help',
    ],
    [['orders', 'list', '--json=id'], 'for these columns: --json --fields id; see: dbtool orders list --help'],
    [['users', 'get', 'id,email', 'ada'], 'for these columns: --json --fields id,email; see: dbtool users get --help'],
    // It may be a password.
    [['users', 'create', '--json=hunter'], 'see: dbtool users create --help'],
    [['orders', 'list', '--json=TRUE'], 'see: dbtool orders list --help'],
  ])('%j', async (line, hint) => {
    const { exitCode, error } = await dbtool([...line, '--json'], { database: shop.name })
    expect([exitCode, error.hint]).toEqual([2, hint])
  })
})

describe('one clear sentence for each fault, exit 2, and no change', () => {
  it.each(usage)('dbtool %s', async (line, faults, situation) => {
    const before = await everything(shop)
    const argv = typeof line === 'string' ? words(line) : line
    const refused = await dbtool(['--json', ...argv], { database: shop.name, ...situation })
    expect(refused.error.faults ?? [refused.error.message]).toEqual(faults)
    expect([refused.exitCode, refused.error.exitCode, refused.stdout]).toEqual([2, 2, ''])
    expect(JSON.stringify(refused.error)).not.toMatch(/hunter2|geheim|geh\^eim/)
    const { stderr } = await dbtool(argv, { database: shop.name, ...situation })
    if (faults.length === 1) expect(stderr.split('\n')[0]).toBe(`error: ${faults[0] ?? ''}`)
    else expect(stderr).toContain(faults.map((fault) => `\n  - ${fault}`).join(''))
    expect(await everything(shop)).toEqual(before)
  })

  const asNobody = process.getuid?.() === 0 ? it : it.skip
  asNobody('an env file of somebody else', () => {
    const closed = withEnvFile('closed', 'DB_NAME=x\n', 0)
    process.seteuid?.(65_534)
    expect(readEnvFile(join(closed, '.env'), { cwd: '/', env: {} }).faults).toEqual([
      {
        sentence: expect.stringMatching(/^cannot read the environment file .*: permission denied$/),
        fix: expect.stringMatching(/--env-file/),
      },
    ])
  })
  afterEach(() => process.seteuid?.(process.getuid?.() ?? 0))
})

it('a setting that is wrong comes with a way out, and an unknown name in the environment is none of ours', async () => {
  expect((await dbtool('config show --json', { env: { DB_PORT: 'abc' } })).error).toMatchObject({
    code: 'BAD_CONFIG',
    hint: expect.stringMatching(/flag/),
  })
  expect(await dbtool('config show --json', { env: { DB_HSOT: 'h' } })).toMatchObject({ exitCode: 0 })
})

it('a description may have lines', async () => {
  const made = await dbtool(
    ['products', 'create', '--name', 'Lines', '--price', '1', '--description', 'one\n\ttwo', '--json'],
    { database: shop.name },
  )
  expect(made).toMatchObject({ exitCode: 0 })
})

describe('a slip of the finger', () => {
  it.each([
    ['usres list', "unknown command 'usres'", 'did you mean users? see: dbtool --help'],
    ['report top', "unknown command 'top'", 'did you mean top-products? see: dbtool report --help'],
    ['users ls', "unknown command 'ls'", 'did you mean list? see: dbtool users --help'],
    ['addresses delete', "unknown command 'delete'", 'did you mean remove? see: dbtool addresses --help'],
    ['versoin', "unknown command 'versoin'", 'did you mean version? see: dbtool --help'],
    ['users lst', "unknown command 'lst'", 'did you mean list? see: dbtool users --help'],
    ['users list --limt 3', "unknown option '--limt'", 'did you mean --limit? see: dbtool users list --help'],
    ['users list --databse x', "unknown option '--databse'", 'did you mean --database? see: dbtool users list --help'],
    [
      'orders place --key a',
      "unknown option '--key'",
      'did you mean --idempotency-key? see: dbtool orders place --help',
    ],
    ['--verbos users list', "unknown option '--verbos'", 'did you mean --verbose? see: dbtool --help'],
    ['user list', "unknown command 'user'", 'did you mean users? see: dbtool --help'],
    ['users.list', "unknown command 'users.list'", 'did you mean users list? see: dbtool --help'],
    [
      'restock',
      "unknown command 'restock'",
      'restock is a verb of products, as in: dbtool products restock; see: dbtool --help',
    ],
    [
      'lst',
      "unknown command 'lst'",
      expect.stringMatching(
        /^list is a verb of users, addresses, products, orders, logs, as in: dbtool users list; see/,
      ),
    ],
    ['report low-stok', "unknown command 'low-stok'", 'did you mean low-stock? see: dbtool report --help'],
    ['pool bathe', "unknown command 'bathe'", 'see: dbtool pool --help'],
  ])('dbtool %s', async (line, message, hint) => {
    expect(await dbtool(`${line} --json`)).toMatchObject({
      exitCode: 2,
      stdout: '',
      error: { code: 'USAGE', message, hint },
    })
    if (typeof hint === 'string') expect((await dbtool(line)).stderr).toBe(`error: ${message}\nhint: ${hint}\n`)
  })

  it.each([
    ['users list --format jsn', '--format', 'json'],
    ['users list --sort emial', '--sort', 'email'],
    ['users list --sort -emial', '--sort', 'email'],
    ['users list --ssl-mode verify_ca', '--ssl-mode', 'verify-ca'],
    ['pool stress --mode fiar', '--mode', 'fair'],
    ['pool stress --workload order', '--workload', 'orders'],
    ['pool stress --threshold acquire.p59<5ms', '--threshold', 'acquire.p50'],
    ['report top-products --by revenu', '--by', 'revenue'],
    ['orders list --status shiped', '--status', 'shipped'],
  ])('in a value: dbtool %s', async (line, flag, near) => {
    const { exitCode, error } = await dbtool(`${line} --json`)
    expect([exitCode, error.message]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^${flag} .*; did you mean ${near}\\?$`)),
    ])
  })
})
