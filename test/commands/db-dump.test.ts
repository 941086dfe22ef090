import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findClient } from '../../src/server/programs.ts'
import { spawned } from '../support/binary.ts'
import { dbtool, type Outcome, type Situation } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything, smallShop } from '../support/shop.ts'
import { keys, terminal } from '../support/terminal.ts'

function programOf(name: string): string | undefined {
  try {
    return findClient(process.env, { names: [name], component: 'dump' })
  } catch {
    return undefined
  }
}

const dumper = programOf('mariadb-dump')
const shop = testDatabase()
const copy = testDatabase({ migrated: false })
const home = temporaryFolder()
let cwd: string
let tests = 0

beforeAll(async () => {
  await smallShop(shop.name)
  const { connection } = shop
  for (const sql of [
    'CREATE TABLE extra (id INT PRIMARY KEY, raw BLOB, text TEXT, made INT AS (id + 1))',
    "INSERT INTO extra (id, raw, text) VALUES (1, x'00FF27', 'a''b\\\\c\\n-- Dump completed\\n😀')",
    'CREATE VIEW twice AS SELECT id, id * 2 AS twice FROM extra',
    'CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 10 MAXVALUE 100000',
    'SELECT NEXTVAL(numbers)',
    'CREATE TRIGGER keep BEFORE INSERT ON extra FOR EACH ROW SET NEW.text = UPPER(NEW.text)',
    'CREATE FUNCTION three() RETURNS INT DETERMINISTIC RETURN 3',
    'CREATE PROCEDURE two() BEGIN SELECT 1; SELECT 2; END',
  ])
    await connection.rows(sql)
})
beforeEach(() => {
  cwd = join(home, String((tests += 1)))
  mkdirSync(cwd)
})

const typed = (line: string, more: Situation = {}): Promise<Outcome> =>
  dbtool(line, { database: shop.name, as: 'owner', cwd, env: { PATH: process.env['PATH'] ?? '' }, ...more })
const intoCopy = (line: string, more: Situation = {}): Promise<Outcome> => typed(line, { database: copy.name, ...more })

const objects = `SELECT TABLE_TYPE AS type, TABLE_NAME AS name FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE()
  UNION SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
  UNION SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1, 2`

async function emptied(): Promise<void> {
  await copy.connection.execute(`DROP DATABASE ${copy.name}`)
  await copy.connection.execute(`CREATE DATABASE ${copy.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  await copy.connection.execute(`USE ${copy.name}`)
}

describe.skipIf(dumper === undefined)('a dump', () => {
  beforeEach(emptied)

  it.each(['shop.sql', 'shop.sql.gz'])('is restored as it was: %s', async (file) => {
    expect(await typed(`db dump ${file}`)).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^✔ dumped ${shop.name} to ${file}: \\d+ KiB\n$`)),
    })
    const bytes = readFileSync(join(cwd, file))
    expect((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')).toMatch(/\n-- Dump completed/)
    expect([(statSync(join(cwd, file)).mode & 0o777).toString(8), readdirSync(cwd)]).toEqual(['600', [file]])
    const restored = await intoCopy(`db restore ${file}`)
    expect(restored.stderr).toBe(`✔ restored ${file} to ${copy.name}\n✔ all invariants hold\n`)
    expect(restored.exitCode).toBe(0)
    expect(await copy.connection.rows(objects)).toEqual(await shop.connection.rows(objects))
    expect(await everything(copy)).toEqual(await everything(shop))
    expect(await copy.connection.rows('SELECT NEXTVAL(numbers) > 100 AS later, three() AS three')).toEqual([
      { later: 1, three: 3 },
    ])
  })

  it('goes to standard output, and comes from standard input', async () => {
    const { stdout, exitCode } = await typed('db dump')
    expect(exitCode).toBe(0)
    expect((await intoCopy('db restore -', { stdin: stdout })).exitCode).toBe(0)
    expect(await everything(copy)).toEqual(await everything(shop))
  })

  it('from the built program ends its output properly', async () => {
    const child = await spawned(['db', 'dump'], { database: shop.name, as: 'owner' })
    expect(child).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\n-- Dump completed[^\n]*\n$/) })
  })

  it('is described for a program', async () => {
    const { json } = await typed('db dump shop.sql.gz --json')
    expect(json()).toEqual({
      file: 'shop.sql.gz',
      bytes: expect.any(Number),
      bytes_written: statSync(join(cwd, 'shop.sql.gz')).size,
    })
  })

  it('never replaces a file without --force', async () => {
    writeFileSync(join(cwd, 'shop.sql'), 'old')
    expect(await typed('db dump shop.sql --json')).toMatchObject({
      exitCode: 2,
      error: { message: 'shop.sql already exists' },
    })
    expect(readFileSync(join(cwd, 'shop.sql'), 'utf8')).toBe('old')
    expect((await typed('db dump shop.sql --force')).exitCode).toBe(0)
    expect(readFileSync(join(cwd, 'shop.sql'), 'utf8')).not.toBe('old')
  })

  it('that is refused a table leaves nothing', async () => {
    await shop.connection.execute('CREATE VIEW broken AS SELECT * FROM extra')
    await shop.connection.execute('ALTER TABLE extra RENAME other')
    try {
      const { exitCode, error } = await typed('db dump shop.sql.gz --json')
      expect([exitCode, error.code, readdirSync(cwd)]).toEqual([1, 'CLIENT_FAILED', []])
      expect(error.message).toMatch(/^mariadb-dump failed: .*broken/)
    } finally {
      await shop.connection.execute('ALTER TABLE other RENAME extra')
      await shop.connection.execute('DROP VIEW broken')
    }
  })

  it.each([
    ['fails half way', 'exit 3', /exit code 3/],
    ['is cut, but claims success', 'exit 0', /ended before the last line/],
  ])('whose program %s leaves nothing', async (_what, ending, message) => {
    const fake = join(cwd, 'bin')
    mkdirSync(fake)
    writeFileSync(join(fake, 'mariadb-dump'), `#!/bin/sh\necho '-- half of a dump'\n${ending}\n`)
    chmodSync(join(fake, 'mariadb-dump'), 0o755)
    const { error } = await typed('db dump shop.sql --json', { env: { PATH: `${fake}:/usr/bin:/bin` } })
    expect(error).toMatchObject({ code: 'CLIENT_FAILED', message: expect.stringMatching(message) })
    expect(readdirSync(cwd)).toEqual(['bin'])
  })

  it('for which the disk has no room ends with its name', async () => {
    expect((await typed('db dump /dev/full --json')).error).toMatchObject({
      message: 'cannot write /dev/full: ENOSPC: no space left on device, write',
      hint: 'no data was written there',
    })
  })

  it('by an account that cannot see triggers says so', async () => {
    const { exitCode, stderr } = await intoCopy('db dump shop.sql', { as: 'app' })
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/no triggers: this account lacks TRIGGER/)])
  })

  it('needs a file on a terminal', async () => {
    expect(await typed('db dump --no-input', { columns: 80 })).toMatchObject({ exitCode: 2 })
  })
})

describe.skipIf(dumper === undefined)('db restore', () => {
  const file = join(home, 'shop.sql.gz')
  beforeAll(async () => {
    if (!existsSync(file)) await dbtool(['db', 'dump', file], { database: shop.name, as: 'owner' })
  })
  beforeEach(async () => {
    await emptied()
    await copy.connection.execute('CREATE TABLE mine (id INT)')
    await copy.connection.execute('CREATE SEQUENCE mine_too MAXVALUE 9')
  })

  it('drops what is in the database only after its name', async () => {
    const before = await everything(copy)
    expect(await intoCopy(`db restore ${file} --json`)).toMatchObject({
      exitCode: 2,
      error: {
        message: expect.stringMatching(
          `: Drop everything in ${copy.name} \\(1 sequence, 1 table\\), and restore the dump\\?`,
        ),
        hint: `add --confirm ${copy.name} to confirm it`,
      },
    })
    expect((await intoCopy(`db restore ${file} --confirm other --json`)).exitCode).toBe(2)
    expect(await everything(copy)).toEqual(before)
    const restored = await intoCopy(`db restore ${file} --confirm ${copy.name} --json`)
    expect([restored.exitCode, restored.stderr]).toEqual([0, ''])
    expect(restored.json()).toEqual({ database: copy.name, bytes: expect.any(Number), dropped: 2, is_sound: true })
    expect(await copy.connection.rows(objects)).toEqual(await shop.connection.rows(objects))
  })

  it('asks for the name on a terminal, and takes no yes', async () => {
    const tty = terminal(['db', 'restore', file], copy.name, { as: 'owner', columns: 300 })
    await tty.see(`Type ${copy.name} to continue`)
    // The line of progress is erased before the question.
    for (const after of tty.raw.split('checked …').slice(1)) expect(after).toMatch(/^\u001B\[2K/)
    tty.type(`y${keys.enter}`)
    expect(await tty.ended()).toBe(3)
    expect(await copy.connection.rows('SHOW TABLES LIKE ?', ['mine'])).toHaveLength(1)
  })

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), /is damaged|is not a complete dump/],
    ['no dump', () => Buffer.from('SELECT 1;\n'), /is not a complete dump: its last line is missing/],
    ['empty', () => Buffer.alloc(0), /is not a complete dump/],
    [
      'cut before it was compressed',
      (bytes: Buffer) => gzipSync(gunzipSync(bytes).subarray(0, 900)),
      /is not a complete/,
    ],
  ])('refuses a file that is %s, before anything is dropped', async (_what, change, message) => {
    const before = await everything(copy)
    writeFileSync(join(cwd, 'bad'), change(readFileSync(file)))
    const { exitCode, error } = await intoCopy(`db restore bad --confirm ${copy.name} --json`)
    expect([exitCode, error.code]).toEqual([2, 'BAD_INPUT'])
    expect(error.message).toMatch(message)
    expect(await everything(copy)).toEqual(before)
  })

  it('refuses a dump with collations that the server lacks, before anything is dropped', async () => {
    const before = await everything(copy)
    writeFileSync(
      join(cwd, 'mysql.sql'),
      `-- Server version\t8.0.36-mysql
CREATE TABLE a (t TEXT COLLATE utf8mb4_0900_xx_ci) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_klingon_ai_ci;
CREATE TABLE b (t TEXT) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO \`b\` VALUES ('COLLATE utf8mb4_of_a_text_ci'),
('COLLATE utf8mb4_of_another_ci');
/*!50003 SET collation_connection  = utf8mb4_general_ci */ ;
-- Dump completed on 2026-11-28
`,
    )
    const { exitCode, error } = await intoCopy(`db restore mysql.sql --confirm ${copy.name} --json`)
    expect(exitCode).toBe(2)
    expect(error).toMatchObject({
      code: 'BAD_INPUT',
      message:
        'mysql.sql needs collations that this server lacks: utf8mb4_0900_xx_ci, utf8mb4_klingon_ai_ci; ' +
        'the dump is from version 8.0.36',
      hint: 'nothing was changed; replace their names in the dump, or restore it into a server that has them',
    })
    expect(await everything(copy)).toEqual(before)
  })

  it.each(['one line', 'a line for each row'])(
    'refuses a dump with a statement of %s that is too large',
    async (how) => {
      const before = await everything(copy)
      const [limit] = await copy.connection.rows<{ bytes: number }>('SELECT @@GLOBAL.max_allowed_packet AS bytes')
      const bytes = limit?.bytes ?? 0
      const row = `('${'x'.repeat(99_994)}'),${how === 'one line' ? '' : '\n'}`
      const rows = row.repeat(Math.ceil(bytes / 99_999))
      writeFileSync(
        join(cwd, 'long.sql'),
        `CREATE TABLE a (t TEXT);\nINSERT INTO a VALUES\n${rows}('');\n-- Dump completed\n`,
      )
      const { exitCode, error } = await intoCopy(`db restore long.sql --confirm ${copy.name} --json`)
      expect([exitCode, error.code]).toEqual([6, 'TOO_LARGE'])
      expect(error.message).toMatch(/^the longest statement of long.sql has \d+ bytes, but max_allowed_packet of the /)
      expect(error.hint).toMatch(
        /^nothing was changed; an administrator can raise it: SET GLOBAL max_allowed_packet = \d+$/,
      )
      expect(await everything(copy)).toEqual(before)
    },
  )

  it('--dry-run lists what would be dropped', async () => {
    const before = await everything(copy)
    expect(await intoCopy(`db restore ${file} -n`)).toMatchObject({
      exitCode: 0,
      stderr:
        'would drop sequence mine_too\nwould drop table mine\ndry run: the dump is complete; nothing was changed\n',
    })
    expect(await everything(copy)).toEqual(before)
  })

  it('runs no command of the client that a dump contains', async () => {
    const victim = join(cwd, 'victim')
    writeFileSync(join(cwd, 'evil.sql'), `\\! touch ${victim}\nsystem touch ${victim}\nSELECT 1;\n-- Dump completed\n`)
    const { exitCode, error } = await intoCopy(`db restore evil.sql --confirm ${copy.name} --json`)
    expect([exitCode, error.code, existsSync(victim)]).toEqual([1, 'CLIENT_FAILED', false])
  })

  it('says which statement the server refused, and that the database has only a part', async () => {
    writeFileSync(join(cwd, 'wrong.sql'), 'CREATE TABLE a (id INT);\nINSERT INTO b VALUES (1);\n-- Dump completed\n')
    const { error } = await intoCopy(`db restore wrong.sql --confirm ${copy.name} --json`)
    expect(error.message).toMatch(/^mariadb failed: ERROR 1146 .* at line 2: Table .*b' doesn't exist$/)
    expect(error.hint).toMatch(/only a part of the dump/)
  })

  it.each([
    ['schema_migrations', 8, 'migration 1 (shop) cannot create tables that already exist: addresses, products'],
    ['users', 0, 'missing, or not visible to this account: users; '],
  ])('that stopped before %s is restored again, and not migrated', async (table, exit, says) => {
    await typed('db dump whole.sql')
    const whole = readFileSync(join(cwd, 'whole.sql'), 'utf8')
    const half = whole.slice(0, whole.indexOf(`-- Table structure for table \`${table}\``))
    writeFileSync(join(cwd, 'half.sql'), `${half}\nINSERT INTO b VALUES (1);\n-- Dump completed\n`)
    expect(await intoCopy(`db restore half.sql --confirm ${copy.name}`)).toMatchObject({ exitCode: 1 })
    const { exitCode, stderr } = await intoCopy('db status')
    expect([exitCode, stderr]).toEqual([exit, expect.stringContaining(says)])
    expect(stderr).toContain('after a restore that stopped early, restore the dump again')
    expect(stderr).not.toContain('db migrate')
    expect((await intoCopy('doctor')).stdout.replaceAll(/\s+/g, ' ')).not.toContain('db migrate')
  })

  it('refuses objects of other accounts before anything is dropped, if this one may not create them', async () => {
    const before = await everything(copy)
    writeFileSync(
      join(cwd, 'theirs.sql'),
      'CREATE TABLE a (id INT);\n/*!50003 CREATE*/ /*!50017 DEFINER=`them`@`%`*/ /*!50003 TRIGGER t ' +
        'BEFORE INSERT ON a ' +
        "FOR EACH ROW SET NEW.id = 1 */;\nINSERT INTO `a` VALUES\n('DEFINER=`nobody`@`%`');\n-- Dump completed\n",
    )
    const { exitCode, error } = await intoCopy(`db restore theirs.sql --confirm ${copy.name} --json`, { as: 'app' })
    expect(exitCode).toBe(2)
    expect(error).toMatchObject({
      code: 'BAD_INPUT',
      message: 'theirs.sql has views, triggers or routines of them@%',
      hint: 'nothing was changed; restore it with an account that has the privilege SET USER',
    })
    expect(await everything(copy)).toEqual(before)
  })

  it('says which values the server has changed, since a dump is not strict', async () => {
    writeFileSync(
      join(cwd, 'later.sql'),
      `-- Server version\t99.1.0-MariaDB
SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO';
CREATE TABLE a (at TIMESTAMP NULL, id TINYINT);
INSERT INTO a VALUES
('2100-01-01 00:00:00',1),
(NULL,300);
-- Dump completed
`,
    )
    const { exitCode, stderr } = await intoCopy(`db restore later.sql --confirm ${copy.name}`)
    expect(exitCode).toBe(7)
    expect(stderr).toMatch(/later\.sql is from version 99\.1\.0, which is later than \d+\.\d+\.\d+ of this server/)
    expect(stderr).toMatch(
      /error: the server has changed what it cannot hold: .*1264: Out of range value for column 'id' at row 2/,
    )
    expect(await copy.connection.rows('SELECT id FROM a')).toEqual([{ id: 1 }, { id: 127 }])
  })

  it('of another database needs no check of a shop', async () => {
    writeFileSync(join(cwd, 'other.sql'), 'CREATE TABLE a (id INT);\n-- Dump completed\n')
    expect(await intoCopy(`db restore other.sql --confirm ${copy.name}`)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/no shop of dbtool/),
    })
  })

  it('is refused on a read-only database', async () => {
    expect(await intoCopy(`db restore ${file} --json`, { env: { DB_READ_ONLY: '1' } })).toMatchObject({
      error: { code: 'READ_ONLY' },
    })
  })

  it('finds no file', async () => {
    expect((await intoCopy(`db restore missing.sql --json`)).error).toMatchObject({
      code: 'USAGE',
      message: 'cannot read missing.sql: there is no such file',
    })
    expect(dirname(file)).toBe(home)
  })
})
