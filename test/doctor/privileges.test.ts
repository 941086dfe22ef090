import { describe, expect, it } from 'vitest'
import type { MigrationState } from '../../src/db/migrations/schema-state.ts'
import { known, unknown, type Facts } from '../../src/doctor/facts.ts'
import { readGrants } from '../../src/doctor/grants.ts'
import { excessPrivileges, missingPrivileges } from '../../src/doctor/privileges.ts'
import { judge, sound, target, titled, type Row } from './sound-facts.ts'

const { expected: tables } = sound.tables
const usage = "GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*B69027D44F6E5EDC07F1AEAD1477967B16F28227'"
const four = 'SELECT, INSERT, UPDATE, DELETE'
const app = (what: string): string => `GRANT ${what} TO \`app\`@\`%\``

/** What SHOW GRANTS says; what is missing for the shop in `shop_1`, and what is too much there. */
const grants: readonly [
  what: string,
  lines: readonly string[],
  missing: readonly string[],
  excess?: readonly string[],
][] = [
  ['nothing', [usage], ['SELECT', 'INSERT', 'UPDATE', 'DELETE']],
  ['what it needs', [usage, app(`${four} ON \`shop_1\`.*`)], []],
  ['it, with the underscore escaped', [app(`${four} ON \`shop\\_1\`.*`)], []],
  [
    'it, elsewhere',
    [app(`${four} ON \`shop\\_2\`.*`), app(`${four} ON \`shop\`.*`)],
    ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  ],
  ['it, by wildcards', [app(`${four} ON \`sh%\`.*`)], []],
  [
    'less in a pattern that is more specific',
    [app(`${four} ON \`sh%\`.*`), app('SELECT ON `shop%`.*')],
    ['INSERT', 'UPDATE', 'DELETE'],
  ],
  [
    'less in the name itself',
    [app(`${four} ON \`shop\\_%\`.*`), app('SELECT ON `shop\\_1`.*')],
    ['INSERT', 'UPDATE', 'DELETE'],
  ],
  ['no DELETE', [app('SELECT, INSERT, UPDATE ON `shop_1`.*')], ['DELETE']],
  [
    'no DELETE but on users',
    [app('SELECT, INSERT, UPDATE ON `shop_1`.*'), app('DELETE ON `shop_1`.`users`')],
    ['DELETE on addresses, products, orders, order_items, order_adjustments, order_refusals'],
  ],
  [
    'table by table, logs only to add to',
    [
      ...['users', 'addresses', 'products', 'orders', 'order_items', 'order_adjustments', 'order_refusals'].map(
        (table) => app(`${four} ON \`shop_1\`.\`${table}\``),
      ),
      app('SELECT, INSERT ON `shop_1`.`logs`'),
      app('SELECT ON `shop_1`.`schema_migrations`'),
    ],
    [],
  ],
  [
    'columns only',
    [app('SELECT (`id`, `email`), UPDATE (`email`) ON `shop_1`.`users`'), app('INSERT, DELETE ON `shop_1`.*')],
    ['SELECT', 'UPDATE'],
  ],
  [
    'some through a role',
    [
      app('`buyer`'),
      app('SELECT ON `shop_1`.*'),
      'GRANT USAGE ON *.* TO `buyer`',
      'GRANT INSERT, UPDATE, DELETE ON `shop_1`.* TO `buyer`',
    ],
    [],
  ],
  ['some through PUBLIC', [app('INSERT, UPDATE, DELETE ON `shop_1`.*'), 'GRANT SELECT ON `shop_1`.* TO PUBLIC'], []],
  [
    'everything',
    [
      'GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` ' +
        "IDENTIFIED VIA mysql_native_password USING 'invalid' OR unix_socket WITH GRANT OPTION",
      'GRANT PROXY ON ``@`%` TO `root`@`localhost` WITH GRANT OPTION',
    ],
    [],
    ['ALL, GRANT OPTION on *.*'],
  ],
  ['everything here', [app('ALL PRIVILEGES ON `shop\\_1`.*')], [], ['ALL on shop_1.*']],
  ['more here', [app(`${four}, CREATE, DROP, ALTER ON \`shop_1\`.*`)], [], ['CREATE, DROP, ALTER on shop_1.*']],
  [
    'more on one table',
    [app(`${four} ON \`shop_1\`.*`), app('TRIGGER ON `shop_1`.`users`')],
    [],
    ['TRIGGER on shop_1.users'],
  ],
  ['to pass on', [`${app(`${four} ON \`shop_1\`.*`)} WITH GRANT OPTION`], [], ['GRANT OPTION on shop_1.*']],
  [
    'what reads files and every database',
    [app(`${four}, FILE, PROCESS, SUPER, READ_ONLY ADMIN ON *.*`)],
    [],
    ['SELECT, INSERT, UPDATE, DELETE, FILE, PROCESS, SUPER, READ_ONLY ADMIN on *.*'],
  ],
  ['limits and TLS', [`${app(`${four} ON \`shop_1\`.*`)} REQUIRE SSL WITH MAX_USER_CONNECTIONS 7`], []],
  [
    'both kinds of WITH',
    [`${app(`${four} ON \`shop_1\`.*`)} WITH GRANT OPTION MAX_USER_CONNECTIONS 7`],
    [],
    ['GRANT OPTION on shop_1.*'],
  ],
  ['more on another database', [app(`${four} ON \`shop_1\`.*`), app('ALL PRIVILEGES ON `lab`.*')], []],
  ['a procedure', [app(`${four} ON \`shop_1\`.*`), app('EXECUTE ON PROCEDURE `shop_1`.`p`')], []],
  [
    'names that look like SQL',
    ['GRANT SELECT ON `shop_1`.`users` TO `GRANT OPTION`@`TO`', app('INSERT, UPDATE, DELETE ON `shop_1`.*')],
    ['SELECT on schema_migrations, addresses, products, orders, order_items, order_adjustments, order_refusals, logs'],
  ],
  ['a name with a backtick', [app(`${four} ON \`sho\`\`p\`.*`)], ['SELECT', 'INSERT', 'UPDATE', 'DELETE']],
]

describe('SHOW GRANTS', () => {
  it.each(grants)('%s', (_what, lines, missing, excess = []) => {
    const accountGrants = readGrants(lines)
    expect(missingPrivileges(accountGrants, 'shop_1', { tables })).toEqual(missing)
    expect(excessPrivileges(accountGrants, 'shop_1')).toEqual(excess)
    expect(accountGrants.idleRoles).toEqual([])
  })

  it('an inactive role adds no grants, and is reported', () => {
    const accountGrants = readGrants([
      app('`buyer`'),
      app('`idle``role`'),
      'GRANT USAGE ON *.* TO `buyer`',
      'SET DEFAULT ROLE `buyer` FOR `app`@`%`',
    ])
    expect(accountGrants.idleRoles).toEqual(['idle`role'])
  })
})

const holding = (what: Partial<Facts['grants']> & { lines: readonly string[] }): Row[1] => ({
  grants: { ...sound.grants, accountGrants: readGrants(what.lines), ...what },
})
const states = (different: Partial<MigrationState>): Row[1] => ({
  migrations: {
    states: [{ version: 1, name: 'shop', state: 'applied', steps: 6, steps_done: 6, applied_at: null, ...different }],
  },
})
const table = (different: object): Row[1] => ({
  tables: {
    expected: ['users'],
    found: [{ name: 'users', engine: 'InnoDB', collation: 'utf8mb4_unicode_ci', ...different }],
  },
})
const readable = tables.filter((name) => name !== 'users')
const onlySelect = (name: string): string => app(`SELECT ON \`shop\`.\`${name}\``)
const rows: readonly Row[] = [
  ['needed-privileges', {}, 'ok', "app@% has all privileges in 'shop' that the application needs"],
  [
    'needed-privileges',
    holding({ lines: [app('SELECT, INSERT ON `shop`.*')] }),
    'fault',
    "app@% lacks in 'shop': UPDATE; DELETE",
    'dbtool db grants --for app@% --apply',
  ],
  [
    'needed-privileges',
    {
      ...target({ readOnly: true }),
      ...holding({ lines: [app('SELECT (`id`) ON `shop`.`users`'), ...readable.map(onlySelect)] }),
    },
    'ok',
    "app@% has all privileges in 'shop' that reading needs",
  ],
  [
    'needed-privileges',
    { ...target({ readOnly: true }), ...holding({ lines: [usage, ...readable.slice(1).map(onlySelect)] }) },
    'fault',
    `app@% lacks in 'shop': SELECT on ${readable[0]}`,
    'dbtool db grants --for app@% --role reporter --apply',
  ],
  [
    'needed-privileges',
    holding({ lines: [app('SELECT, INSERT ON `shop`.*'), app('`buyer`')] }),
    'fault',
    "app@% lacks in 'shop': UPDATE; DELETE; its role 'buyer' is not active",
    'SET DEFAULT ROLE `buyer`, as that user',
  ],
  [
    'needed-privileges',
    {
      database: { name: 'Shop' },
      ...holding({ lines: [app(`${four} ON \`shop\`.*`)], inLowerCase: true }),
    },
    'ok',
    "app@% has all privileges in 'Shop' that the application needs",
  ],
  [
    'needed-privileges',
    { database: { name: 'Shop' }, ...holding({ lines: [app(`${four} ON \`shop\`.*`)] }) },
    'fault',
    "app@% lacks in 'Shop': SELECT; INSERT; UPDATE; DELETE",
    'dbtool db grants --for app@% --apply',
  ],
  [
    'excess-privileges',
    {
      database: { name: 'Shop' },
      ...holding({ lines: [app('ALL PRIVILEGES ON `shop`.*')], inLowerCase: true }),
    },
    'warning',
    'app@% has more privileges than the application needs: ALL on shop.*',
    'dbtool db grants --for app@% --apply',
  ],
  ['excess-privileges', {}, 'ok', 'app@% has no further privileges'],
  [
    'excess-privileges',
    holding({ lines: [app('ALL PRIVILEGES ON `shop`.*')], account: 'app@localhost' }),
    'warning',
    'app@localhost has more privileges than the application needs: ALL on shop.*',
    'dbtool db grants --for app@localhost --apply',
  ],
  [
    'excess-privileges',
    holding({ lines: [app('ALL PRIVILEGES ON *.*')], account: "o'neil@%" }),
    'warning',
    "o'neil@% has more privileges than the application needs: ALL on *.*",
    "dbtool db grants --for 'o'\\''neil@%' --apply",
  ],
  [
    'excess-privileges',
    holding({ lines: [app('ALL PRIVILEGES ON *.*')], ofPrivateServer: true }),
    'ok',
    'app@% has further privileges, as intended on your private server',
  ],
  ['migrations', {}, 'ok', 'the schema is up to date'],
  [
    'migrations',
    states({ state: 'pending' }),
    'fault',
    'the database is not up to date: 1 migration is pending',
    'dbtool db migrate',
  ],
  [
    'migrations',
    states({ state: 'half-run', steps_done: 2 }),
    'fault',
    'migration 1 (shop) stopped after statement 2 of 6; MariaDB cannot roll back DDL',
    'roll it back with: dbtool db rollback --to 0, then run: dbtool db migrate',
  ],
  [
    'migrations',
    states({ state: 'newer', version: 9 }),
    'fault',
    'the schema is newer than this dbtool: it has migration 9 (shop)',
    'install the version of dbtool that applied it, or a later one',
  ],
  [
    'migrations',
    states({ state: 'changed' }),
    'fault',
    'migration 1 (shop) was changed after it had been applied: its checksum differs',
    'restore its file, and write a new migration',
  ],
  [
    'migrations',
    { migrations: { foreign: { code: 'DUPLICATE', message: 'the table is another one', hint: '' } } },
    'fault',
    'the table is another one',
    'use another DB_NAME, or rename that table',
  ],
  ['tables', {}, 'ok', 'all 9 tables are InnoDB and utf8mb4'],
  ['tables', states({ state: 'pending' }), 'skipped', 'skipped (the schema is not up to date)'],
  [
    'tables',
    { tables: { expected: ['users', 'logs'], found: [] } },
    'fault',
    'missing, or not visible to this account: users, logs',
    'restore them from a backup, or see needed-privileges',
  ],
  [
    'tables',
    table({ engine: 'MyISAM' }),
    'warning',
    'the engine of users is MyISAM, not InnoDB: changes to it cannot be rolled back',
    'ALTER TABLE `users` ENGINE = InnoDB',
  ],
  [
    'tables',
    table({ engine: null, collation: null }),
    'warning',
    'the engine of users is unknown, not InnoDB: changes to it cannot be rolled back',
    'ALTER TABLE `users` ENGINE = InnoDB',
  ],
  [
    'tables',
    table({ collation: 'latin1_bin' }),
    'warning',
    'new columns of users have latin1_bin by default, not utf8mb4',
    'ALTER TABLE `users` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
  ],
  ['order-has-lines', {}, 'ok', 'no order is without lines'],
  [
    'order-has-lines',
    { invariants: new Map([['order-has-lines', known(1)]]) },
    'fault',
    '1 row violates the invariant: no order is without lines',
    'dbtool db check shows the rows',
  ],
  [
    'order-has-lines',
    { invariants: new Map([['order-has-lines', known(20)]]) },
    'fault',
    '20 rows violate the invariant: no order is without lines',
    'dbtool db check shows the rows',
  ],
  [
    'order-has-lines',
    { invariants: new Map([['order-has-lines', unknown('it took too long')]]) },
    'skipped',
    'skipped (it took too long)',
  ],
  ['order-has-lines', { invariants: new Map() }, 'skipped', 'skipped (the violations were not counted)'],
]

describe('privileges, schema and shop', () => {
  it.each(titled(rows))('%s, %s: %s', (check, status, found, [, different, , , fix = null]) => {
    expect(judge(check, different)).toEqual([{ status, found, fix }])
  })

  it('a table with two problems has two findings', () => {
    expect(judge('tables', table({ engine: 'Aria', collation: 'latin1_bin' })).map(({ status }) => status)).toEqual([
      'warning',
      'warning',
    ])
  })
})
