import { beforeAll, describe, expect, it } from 'vitest'
import { withSession } from '../../../src/server/session.ts'
import { startServer } from '../../../src/server/start.ts'
import { homeOfFile } from '../../server/temporary-home.ts'
import { dbtool } from '../../support/cli.ts'

/** Globals that a server may have for reasons of its own, each with what it did to the shop before sessions set it. */
const hostile: readonly (readonly [global: string, fault: string])[] = [
  ['autocommit = OFF', 'migrations were reported and gone'],
  ["completion_type = 'RELEASE'", 'every order had an unknown outcome'],
  ["completion_type = 'CHAIN'", 'the next statement ran in a transaction'],
  ['foreign_key_checks = OFF', 'a user with orders could be deleted'],
  ['unique_checks = OFF', 'a duplicate could be written'],
  ['check_constraint_checks = OFF', 'a negative stock could be written'],
  ['sql_select_limit = 3', 'good orders of a file were rejected, exports were cut'],
  ['sql_safe_updates = ON', 'updates without a key failed'],
  ['max_join_size = 1', 'reports failed'],
  ['sql_auto_is_null = ON', 'IS NULL found the last inserted row'],
  ['div_precision_increment = 0', 'quotients lost their decimals'],
  ['group_concat_max_len = 4', 'lists in one cell were cut'],
  ['max_sort_length = 8', 'lists were sorted by their first characters'],
  ['default_week_format = 3', 'weeks were counted in another way'],
  ["default_regex_flags = 'EXTENDED'", 'patterns had another meaning'],
  ["lc_messages = 'de_DE'", 'the key of a duplicate was not recognized'],
  ["lc_time_names = 'de_DE'", 'names of days were German'],
  ["sql_mode = ''", 'long texts were cut'],
  [
    "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,ONLY_FULL_GROUP_BY'",
    'statements were read differently',
  ],
  ["sql_mode = 'ORACLE'", 'blocks of statements did not parse'],
  ["time_zone = '+13:00'", 'orders were placed tomorrow'],
  ["tx_isolation = 'SERIALIZABLE'", 'readers blocked orders'],
  ["character_set_server = 'latin1'", 'names lost characters'],
  [
    'init_connect = \'SET autocommit = 0, foreign_key_checks = 0, sql_select_limit = 3, sql_mode = ""\'',
    'all of these',
  ],
  ['idle_transaction_timeout = 1', 'a slow import lost its transaction'],
  ['wait_timeout = 1', 'an idle connection of the pool was closed'],
  ['net_write_timeout = 1', 'a slow reader lost the rest'],
]

const users = ['username,email', 'ada,ada@example.com', 'bob,bob@example.com'].join('\n')
const products = ['sku,name,price,stock', ...Array.from({ length: 12 }, (_, n) => `P-${n},Cup ${n},${n}.50,20`)].join(
  '\n',
)
const orders = ['order_ref,user,sku,quantity', ...Array.from({ length: 12 }, (_, n) => `R-${n},ada,P-${n},2`)].join(
  '\n',
)

/** Command lines over the whole shop, as typed; `$` is replaced by the name of the database. */
const session: readonly (readonly [line: string, stdin?: string])[] = [
  ['db migrate'],
  ['users import - --json', users],
  ['users import - --json', users],
  ['products import - --json', products],
  ['products import - --on-conflict update --json', products.replaceAll('.50', '.75')],
  ['orders import - --json', orders],
  ['orders import - --json', orders],
  ['orders place --user ada --item P-3:1 --item P-1:2 --idempotency-key k --json'],
  ['orders place --user ada --item P-3:1 --item P-1:2 --idempotency-key k --json'],
  ['orders place --user ada --item P-3:1000 --json'],
  ['products restock P-3 --by -1000 --json'],
  ['orders cancel 1 --json'],
  ['users update ada --first-name Grüße --json'],
  ['users delete ada --yes --json'],
  ['products list --limit 0 --sort name --json'],
  ['orders list --limit 0 --items --json'],
  ['orders export --format csv'],
  ['report top-products --json'],
  ['report revenue --by week --json'],
  ['report customer-categories --json'],
  ['logs list --limit 0 --json'],
  ['db check --json'],
]

/** Whatever differs between two runs of the same lines. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME'],
  [/"(?:seconds|orders_per_second|rows_per_second)": [\d.]+/g, '"speed"'],
  [/hostile_\d+/g, 'DATABASE'],
]

describe('whatever the globals of the server are', () => {
  const paths = homeOfFile()
  let database = 0
  const set = (global: string): Promise<unknown> => withSession(paths, (owner) => owner.execute(`SET GLOBAL ${global}`))

  /** A new database for an account that init_connect applies to, and the shop's answers in it. */
  async function answers(): Promise<string[]> {
    database += 1
    const name = `hostile_${database}`
    await withSession(paths, async (owner) => {
      await owner.execute(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
      await owner.execute(`GRANT ALL ON ${name}.* TO shop@localhost`)
    })
    const env = {
      DBTOOL_HOME: paths.home,
      DB_SOCKET: paths.socket,
      DB_USER: 'shop',
      DB_PASSWORD: 'Shop-123',
      DB_NAME: name,
    }
    const texts: string[] = []
    for (const [line, stdin] of session) {
      const { exitCode, stdout, stderr } = await dbtool(line, { env, ...(stdin === undefined ? {} : { stdin }) })
      const text = volatile.reduce((all, [pattern, word]) => all.replaceAll(pattern, word), `${stdout}${stderr}`)
      texts.push(`${line} → ${exitCode}\n${text}`)
    }
    return texts
  }

  let plain: string[]
  beforeAll(async () => {
    await startServer(paths)
    await withSession(paths, (owner) => owner.execute("CREATE USER shop@localhost IDENTIFIED BY 'Shop-123'"))
    plain = await answers()
    expect(plain.map((text) => /→ (\d+)/.exec(text)?.[1]).join(' ')).toBe('0 0 6 0 0 0 0 0 0 6 6 0 0 6 0 0 0 0 0 0 0 0')
  }, 120_000)

  it.each(hostile)('%s changes no answer of the shop (%s)', async (global) => {
    const [name = ''] = global.split(' = ')
    const [before] = await withSession(paths, (owner) =>
      owner.rows<{ Value: string }>('SHOW GLOBAL VARIABLES WHERE Variable_name = ?', [name]),
    )
    await set(global)
    try {
      expect(await answers()).toEqual(plain)
    } finally {
      await set(`${name} = ${/^\d+$/.test(before!.Value) ? before!.Value : `'${before!.Value}'`}`)
    }
  })
})
