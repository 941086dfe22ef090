import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32, gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { assertCopyable } from '../../src/client/physical/source.ts'
import { findBackupPrograms, versionOfProgram } from '../../src/client/physical/programs.ts'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { socketTarget } from '../../src/db/target.ts'
import { giveTo, prepareDirectories } from '../../src/server/directories.ts'
import { launch } from '../../src/server/launch.ts'
import { loginName } from '../../src/server/login.ts'
import { readPortAccess } from '../../src/server/port.ts'
import { findClient, findPrograms } from '../../src/server/programs.ts'
import { replaceData } from '../../src/server/replace-data.ts'
import { resetServer } from '../../src/server/reset.ts'
import { startServer } from '../../src/server/start.ts'
import { serverStatus } from '../../src/server/status.ts'
import { stopServer } from '../../src/server/stop.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { temporaryHome } from '../server/temporary-home.ts'
import { binary } from '../support/binary.ts'
import { replacing, withPool } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { othersCanRun, runAs, somebody } from '../support/other-user.ts'
import { type PrivateShop, privateShop } from '../support/private-shop.ts'

function isInstalled(): boolean {
  try {
    findClient(process.env, { names: ['mariadb-backup'], component: 'backup' })
    return true
  } catch {
    return false
  }
}

const shop = privateShop()
const { paths } = shop
const run: PrivateShop['run'] = (line, more) => shop.run(line, more)
const query: PrivateShop['query'] = (sql) => shop.query(sql)
const state = (): Promise<unknown> => shop.state()
const folder = temporaryFolder({ servers: true })
let cwd = folder
let tests = 0
beforeEach(() => {
  cwd = join(folder, String((tests += 1)))
  mkdirSync(cwd)
})

const me = `${loginName()}@localhost`
const counting = 'SELECT COUNT(*) AS n FROM orders'
const orders = async (): Promise<number> => Number((await query<{ n: number }>(counting))[0]?.n)

/** A process number that nobody has. */
const deadPid = (): number => spawnSync('true').pid

/** Places orders until `work` ends. */
async function underOrders<T>({ target }: Connection, work: () => Promise<T>): Promise<T> {
  const state = { isOver: false }
  const author = { osUser: 'test', command: 'test' }
  return withPool(target, {}, async (db) => {
    const [ids] = await db.reading((queries) =>
      queries.rows<{ product: number; user: number }>(
        'SELECT (SELECT MIN(id) FROM products) AS product, (SELECT MIN(id) FROM users) AS user',
      ),
    )
    const { product: productId = 0, user: userId = 0 } = ids ?? {}
    const place = async (worker: number): Promise<void> => {
      for (let n = 0; !state.isOver; n += 1) {
        const lines = [{ productId, quantity: 1 }]
        await placeOrder(db, { userId, lines, key: `${worker}-${n}`, status: 'confirmed', author })
      }
    }
    const workers = [1, 2, 3].map(place)
    try {
      return await work()
    } finally {
      state.isOver = true
      await Promise.all(workers)
    }
  })
}

describe.skipIf(!isInstalled())('a physical backup (needs mariadb-backup)', { timeout: 120_000 }, () => {
  const file = join(folder, 'server.mb')
  beforeAll(async () => {
    await query('UPDATE products SET stock = stock + 1000000, stock_received = stock_received + 1000000')
    expect((await run(['db', 'dump', '--physical', file])).stderr).toMatch(
      /^✔ dumped the whole server \(1 database\) to /,
    )
  })

  it('taken while orders are placed is restored whole: databases, accounts, views, triggers, sequences', async () => {
    for (const sql of [
      'CREATE DATABASE other',
      'CREATE TABLE other.extra (id INT PRIMARY KEY, raw BLOB)',
      "INSERT INTO other.extra VALUES (1, x'00FF27')",
      'CREATE VIEW other.twice AS SELECT id * 2 AS twice FROM other.extra',
      'CREATE SEQUENCE other.numbers START WITH 100',
      'CREATE TRIGGER other.keep BEFORE INSERT ON other.extra FOR EACH ROW SET NEW.raw = NULL',
      "CREATE USER boss@localhost IDENTIFIED BY 'secret'",
      'GRANT ALL ON *.* TO boss@localhost',
    ])
      await query(sql)
    // As if it came from another machine, where this user has no login.
    const boss = await connect({ ...socketTarget(paths.socket, 'boss', 'dbtool'), password: 'secret' })
    await boss.execute(`ALTER USER ${me} IDENTIFIED BY 'not mine' ACCOUNT LOCK`)
    const env = { DB_SOCKET: paths.socket, DB_USER: 'boss', DB_PASSWORD: 'secret', DB_NAME: 'dbtool' }
    const count = async (): Promise<number> => Number((await boss.rows<{ n: number }>(counting))[0]?.n)
    const [before, dumped, after] = await underOrders(
      boss,
      async () => [await count(), await run('db dump --physical now.mb.gz', { cwd, env }), await count()] as const,
    )
    await boss.execute(`ALTER USER ${me} IDENTIFIED VIA unix_socket ACCOUNT UNLOCK`)
    await boss.close()
    expect(dumped.exitCode).toBe(0)
    expect((statSync(join(cwd, 'now.mb.gz')).mode & 0o777).toString(8)).toBe('600')
    await query('DROP DATABASE other')
    await query('DROP USER boss@localhost')
    const status = await serverStatus(paths)
    const { exitCode, stderr, json } = await run('db restore now.mb.gz --confirm dbtool --json', { cwd })
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')])
    expect(json()).toEqual({ database: 'dbtool', bytes: expect.any(Number), dropped: 9, is_sound: true })
    const restored = await orders()
    expect(restored).toBeGreaterThanOrEqual(before)
    expect(restored).toBeLessThanOrEqual(after)
    expect(await run('db check')).toMatchObject({ exitCode: 0 })
    expect(
      await query(`SELECT (SELECT HEX(raw) FROM other.extra) AS raw, (SELECT twice FROM other.twice) AS twice,
        NEXTVAL(other.numbers) AS number, CURRENT_USER() AS me,
        (SELECT COUNT(*) FROM mysql.user WHERE user = 'boss') AS users`),
    ).toEqual([{ raw: '00FF27', twice: 2, number: 100, users: 1, me }])
    // It listens on the same port again, and nothing else is left.
    expect(await serverStatus(paths)).toEqual({ ...status, pid: expect.not.stringMatching(String(status.pid)) })
    expect(readdirSync(paths.directory).sort()).toEqual(['data', 'mariadb.log', 'port.json', 'run'])
    await query('DROP DATABASE other')
    await query('DROP USER boss@localhost')
  })

  it('goes to standard output, and comes from standard input, in a dry run and with another schema', async () => {
    await query('UPDATE schema_migrations SET version = version + 1000 WHERE version = 1')
    const dump = spawnSync(process.execPath, [binary, 'db', 'dump', '--physical'], { env: shop.env, maxBuffer: 1e9 })
    await query('UPDATE schema_migrations SET version = version - 1000 WHERE version = 1001')
    expect([dump.status, dump.stdout.subarray(0, 8).toString()]).toEqual([0, 'XBSTCK01'])
    const before = await state()
    const dryRun = spawnSync(process.execPath, [binary, 'db', 'restore', '-', '--dry-run'], {
      env: shop.env,
      input: dump.stdout,
      encoding: 'utf8',
    })
    expect(dryRun.stderr.replace(/^.* …\n/gm, '')).toBe(
      `dbtool has the schema of another dbtool: run db status and db check after the restore
would replace dbtool (9 tables) by dbtool (9 tables)
dry run: a server started with the backup; nothing was changed
`,
    )
    expect(await state()).toEqual(before)
  })

  it('never replaces a file without --force', async () => {
    writeFileSync(join(cwd, 'a.mb'), 'old')
    expect(await run('db dump --physical a.mb --json', { cwd })).toMatchObject({
      exitCode: 2,
      error: { message: 'a.mb already exists' },
    })
    expect(readFileSync(join(cwd, 'a.mb'), 'utf8')).toBe('old')
  })

  it('for which the disk has no room ends with its name', async () => {
    expect((await run('db dump --physical /dev/full --json', { cwd })).error).toMatchObject({
      message: 'cannot write /dev/full: ENOSPC: no space left on device, write',
    })
  })

  it('becomes a data directory with --into, on which another server starts', async () => {
    const { stderr, exitCode } = await run(['db', 'restore', file, '--into', 'copy'], { cwd })
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/✔ prepared .* in copy, for mariadbd \d+\.\d+\.\d+\n$/),
    ])
    expect(readdirSync(cwd)).toEqual(['copy'])
    const other = temporaryHome()
    const user = prepareDirectories(other)
    renameSync(join(cwd, 'copy'), other.data)
    giveTo(other.data, user)
    await launch({ paths: other, programs: findPrograms(), user, port: undefined })
    const connection = await connect(socketTarget(other.socket, loginName(), 'dbtool'))
    expect(await connection.rows('SELECT COUNT(*) AS orders FROM orders')).toEqual([{ orders: 20 }])
    await connection.close()
  })

  describe('is not written', () => {
    it('over the network, where the files may be on another machine', async () => {
      const { port, user, password } = readPortAccess(paths) as { port: number; user: string; password: string }
      const env = { DB_HOST: '127.0.0.1', DB_PORT: String(port), DB_USER: user, DB_PASSWORD: password }
      expect(await run('db dump --physical a.mb --json', { cwd, env })).toMatchObject({
        exitCode: 2,
        error: {
          message: `a physical dump copies the files of the server, but 127.0.0.1:${port} is a network address`,
          hint: `on its machine, use --socket ${paths.socket}; or leave --physical away`,
        },
      })
      expect(readdirSync(cwd)).toEqual([])
    })

    it('by an account without the privileges', async () => {
      await query("CREATE USER small@localhost IDENTIFIED BY 'x'")
      await query('GRANT ALL ON dbtool.* TO small@localhost')
      await query('GRANT PROCESS ON *.* TO small@localhost')
      const env = { DB_SOCKET: paths.socket, DB_USER: 'small', DB_PASSWORD: 'x', DB_NAME: 'dbtool' }
      const { exitCode, error } = await run('db dump --physical a.mb --json', { cwd, env })
      expect([exitCode, error.message, error.hint]).toEqual([
        4,
        'small@localhost lacks RELOAD, LOCK TABLES, BINLOG MONITOR for a physical dump',
        "as an administrator: GRANT RELOAD, LOCK TABLES, BINLOG MONITOR ON *.* TO 'small'@'localhost'; " +
          'or leave --physical away',
      ])
      // That is enough.
      await query("GRANT RELOAD, LOCK TABLES, BINLOG MONITOR ON *.* TO 'small'@'localhost'")
      expect((await run('db dump --physical a.mb', { cwd, env })).exitCode).toBe(0)
      await query('DROP USER small@localhost')
    })

    it.runIf(othersCanRun)('by a user who may not read the files of the server', async () => {
      await query("CREATE USER boss@localhost IDENTIFIED BY 'x'")
      await query('GRANT ALL ON *.* TO boss@localhost')
      const { mode } = statSync(paths.run)
      chmodSync(paths.run, 0o711)
      const args = ['db', 'dump', '--physical', 'a.mb', '--socket', paths.socket, '--json']
      const { exitCode, stderr } = runAs(somebody, args, cwd, { DB_USER: 'boss', DB_PASSWORD: 'x', DB_NAME: 'dbtool' })
      chmodSync(paths.run, mode)
      expect([exitCode, JSON.parse(stderr)]).toMatchObject([
        1,
        {
          error: {
            message: `cannot copy the files of the server in ${paths.data}/: this user may not read them`,
            hint: 'run it as the user of the server (sudo -u mysql) or as root; or leave --physical away',
          },
        },
      ])
      await query('DROP USER boss@localhost')
    })

    it.each<[what: string, fact: Record<string, unknown>, message: RegExp, hint: RegExp]>([
      ['on another machine', { host: 'db7' }, /^the server runs on db7, .* this machine, /, /^run the command there/],
      [
        'with files elsewhere',
        { folder: '/nowhere/' },
        /in \/nowhere\/: they are not on this machine$/,
        /sudo -u mysql/,
      ],
      [
        'of another series',
        { version: '99.1.3-MariaDB' },
        /mariadb-backup \S+ cannot copy a server 99\.1\.3$/,
        /99\.1;/,
      ],
    ])('of a server %s', async (_what, fact, message, hint) => {
      const target = socketTarget(paths.socket, loginName(), 'dbtool')
      const connection = await connect(target)
      const changed = replacing(connection, {
        rows: async <T>(sql: string) => (await connection.rows<T>(sql)).map((row) => ({ ...row, ...fact })),
      })
      const programs = await findBackupPrograms(process.env)
      expect(await assertCopyable(connection, target, programs)).toBe(1)
      await expect(assertCopyable(changed, target, programs)).rejects.toMatchObject({
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      })
      await connection.close()
    })
  })

  describe('is refused', () => {
    const plain = (): Buffer => readFileSync(file)
    const filesIn = (unpacked: string): string[] =>
      readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter((name) =>
        statSync(join(unpacked, name)).isFile(),
      )
    /** A stream of files of the backup: `change` changes them, and says which. */
    const repacked = (change: (unpacked: string) => readonly string[]): Buffer => {
      const unpacked = join(cwd, 'unpacked')
      mkdirSync(unpacked)
      execFileSync('mbstream', ['-x', '-C', unpacked], { input: plain() })
      const files = change(unpacked)
      return execFileSync('mbstream', ['-c', ...files], { cwd: unpacked, maxBuffer: 1e9 })
    }
    /** The description of the backup, whose name depends on the version. */
    const infoIn = (unpacked: string): string =>
      ['xtrabackup_info', 'mariadb_backup_info'].find((name) => existsSync(join(unpacked, name)))!
    const rewritten = (change: (text: string) => string) => (): Buffer =>
      repacked((unpacked) => {
        const info = infoIn(unpacked)
        writeFileSync(join(unpacked, info), change(readFileSync(join(unpacked, info), 'utf8')))
        return [info]
      })
    /** One chunk of a stream, with a name outside the folder. */
    const outside = (name: string): Buffer => {
      const numbers = Buffer.alloc(20)
      numbers.writeUInt32LE(crc32(Buffer.from('x')), 16)
      numbers.writeUInt8(1, 0)
      const path = Buffer.alloc(4 + name.length)
      path.writeUInt32LE(name.length)
      path.write(name, 4)
      return Buffer.concat([Buffer.from('XBSTCK01\0P'), path, numbers, Buffer.from('x')])
    }

    it.each<[what: string, bytes: () => Buffer, message: RegExp]>([
      ['cut', () => gzipSync(plain(), { level: 1 }).subarray(0, 100_000), /^a\.mb is damaged: unexpected end of file$/],
      ['cut before it was compressed', () => plain().subarray(0, -20_000), /^a\.mb is damaged: .*read/],
      [
        'cut between two of its files',
        () => plain().subarray(0, plain().lastIndexOf(Buffer.from(`XBSTCK01\0P`))),
        /^a\.mb is not a complete backup: its last file is missing$/,
      ],
      [
        'changed in one byte',
        () => {
          const bytes = plain()
          bytes.writeUInt8(bytes.readUInt8(1_000_000) ^ 1, 1_000_000)
          return bytes
        },
        /^a\.mb is damaged: .*invalid checksum/,
      ],
      ['with a name outside the folder', () => outside('../../evil'), /^a\.mb is damaged: .*invalid filename/],
      [
        'of another series',
        rewritten((text) => text.replace(/^server_version = .*/m, 'server_version = 99.1.2-MariaDB')),
        /^a\.mb is from a server 99\.1\.2, and needs its mariadb-backup$/,
      ],
      ['of some tables only', rewritten((text) => text.replace('partial = N', 'partial = Y')), /is a partial backup$/],
      [
        'with a table elsewhere',
        () =>
          repacked((unpacked) => {
            writeFileSync(join(unpacked, 'dbtool', 'users.isl'), '/elsewhere/users.ibd')
            return ['dbtool/users.isl', infoIn(unpacked)]
          }),
        /^a\.mb has tables outside the data directory$/,
      ],
      [
        'without its tables of accounts, so that no server starts',
        () =>
          repacked((unpacked) => {
            renameSync(join(unpacked, 'mysql'), join(unpacked, 'nothing'))
            return filesIn(unpacked)
          }),
        /^mariadbd did not start/,
      ],
    ])('if it is %s, and the server stays as it is', async (_what, bytes, message) => {
      writeFileSync(join(cwd, 'a.mb'), bytes())
      const before = await state()
      const { exitCode, error } = await run('db restore a.mb --confirm dbtool --json', { cwd })
      expect([exitCode, error.message]).toEqual([expect.any(Number), expect.stringMatching(message)])
      expect(exitCode).not.toBe(0)
      expect(await state()).toEqual(before)
    })

    it('if a shop in it is not sound', async () => {
      await query('UPDATE products SET stock = stock + 1 LIMIT 1')
      await run('db dump --physical a.mb', { cwd })
      await query('UPDATE products SET stock = stock - 1 LIMIT 1')
      const before = await state()
      const { exitCode, error } = await run('db restore a.mb --confirm dbtool --json', { cwd })
      expect([exitCode, error]).toEqual([
        1,
        expect.objectContaining({
          code: 'INVARIANT_BROKEN',
          message: 'dbtool of the backup has violated invariants: stock-ledger (1)',
          hint: 'nothing was changed; --into FOLDER prepares the backup without a check',
        }),
      ])
      expect(await state()).toEqual(before)
    })

    it.each<[line: string, env: Record<string, string>, message: RegExp]>([
      ['', {}, /^this needs a confirmation: Replace all accounts and databases, dbtool \(9 tables\), by/],
      ['--confirm other', {}, /^--confirm is 'other', but the target is 'dbtool'$/],
      ['--confirm dbtool', { DB_READ_ONLY: '1' }, /is read-only/],
      ['--into full', {}, /^full is not empty$/],
      ['--into no/such', {}, /^cannot create no\/such: the folder above it does not exist$/],
    ])('with "%s" %j', async (flags, env, message) => {
      mkdirSync(join(cwd, 'full', 'thing'), { recursive: true })
      const before = await state()
      expect(await run(`db restore ${file} ${flags} --json`, { cwd, env })).toMatchObject({
        error: { message: expect.stringMatching(message) },
      })
      expect([await state(), readdirSync(cwd)]).toEqual([before, ['full']])
    })

    it('for a server that is not the private one, before anything is asked', async () => {
      const env = { DB_SOCKET: inject('socket'), DB_USER: inject('osUser'), DB_NAME: 'dbtool' }
      expect(await run(`db restore ${file} --confirm dbtool --json`, { cwd, env })).toMatchObject({
        exitCode: 2,
        error: {
          message: `${file} is a whole server, and dbtool can replace only its private server`,
          hint: 'prepare it with --into FOLDER; then stop your server, and start it on that folder',
        },
      })
    })

    it('for --into, and no folder is made', async () => {
      writeFileSync(join(cwd, 'a.mb'), plain().subarray(0, -20_000))
      expect((await run('db restore a.mb --into b --json', { cwd })).error.message).toMatch(/^a\.mb is damaged/)
      expect(readdirSync(cwd)).toEqual(['a.mb'])
    })

    it('and --into is, for a dump of a database', async () => {
      writeFileSync(join(cwd, 'a.sql'), 'SELECT 1;\n-- Dump completed\n')
      expect((await run('db restore a.sql --into b --json', { cwd })).error.message).toMatch(/^--into is for physical/)
    })
  })

  describe('leaves the private server with its earlier data, running', () => {
    it.each<[when: string, name: RegExp, below: string]>([
      ['while it is unpacked', /^new-/, ''],
      ['while a server runs on it for a trial', /^new-/, 'tmp/mariadb.pid'],
      ['while the data is replaced', /^previous-/, ''],
    ])('after Ctrl-C %s', async (_when, name, below) => {
      const interrupt = new AbortController()
      const before = await orders()
      const restoring = run(`db restore ${file} --confirm dbtool --json`, { signal: interrupt.signal })
      const seen = (): boolean =>
        readdirSync(paths.directory).some((one) => name.test(one) && existsSync(join(paths.directory, one, below)))
      while (!seen()) await sleep(1)
      interrupt.abort('SIGINT')
      expect(await restoring).toMatchObject({
        exitCode: 130,
        error: { code: 'INTERRUPTED', message: 'interrupted: the private server has its earlier data' },
      })
      expect(await orders()).toBe(before)
      expect(readdirSync(paths.directory).sort()).toEqual(['data', 'mariadb.log', 'port.json', 'run'])
      expect(readdirSync(paths.run).sort()).toEqual(['mariadb.pid', 'mariadb.sock', 'tmp'])
    })

    it('if the server does not start on the new data after all', async () => {
      const before = await orders()
      const bad = join(paths.directory, `new-${process.pid}-bad`)
      mkdirSync(join(bad, 'mysql'), { recursive: true })
      cpSync(join(paths.data, '.dbtool-private-server'), join(bad, '.dbtool-private-server'))
      await expect(replaceData(paths, bad, new AbortController().signal)).rejects.toMatchObject({
        code: 'SERVER_FAILED',
        message: expect.stringMatching(/^mariadbd did not start/),
      })
      expect(await orders()).toBe(before)
      expect(readdirSync(paths.directory).sort()).toEqual(['data', 'mariadb.log', 'port.json', 'run'])
    })

    it('after kill -9: the next start returns the data, and removes what was left', async () => {
      const before = await orders()
      const child = spawn(process.execPath, [binary, 'db', 'restore', file, '--confirm', 'dbtool'], {
        env: shop.env,
        stdio: 'ignore',
      })
      const fresh = (): string | undefined => readdirSync(paths.directory).find((name) => name.startsWith('new-'))
      const pidFile = (): string => join(paths.directory, fresh() ?? '', 'tmp', 'mariadb.pid')
      while (!existsSync(pidFile())) await sleep(1)
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('close', resolve))
      const trial = Number(readFileSync(pidFile(), 'utf8'))
      await stopServer(paths)
      expect((await run(['db', 'restore', file, '--json'])).error).toMatchObject({
        message: expect.stringMatching(/ only its private server$/),
        hint: 'start the private server first, with dbtool server start',
      })
      // As if it had been killed a second later.
      renameSync(paths.data, join(paths.directory, `previous-${child.pid ?? 0}`))
      await startServer(paths, { port: readPortAccess(paths)?.port })
      expect(await orders()).toBe(before)
      expect(readdirSync(paths.directory).sort()).toEqual(['data', 'mariadb.log', 'port.json', 'run'])
      expect(existsSync(`/proc/${trial}/exe`) && readFileSync(`/proc/${trial}/cmdline`, 'utf8')).toBeFalsy()
    })

    it('after kill -9 at the end: the earlier data goes when the server has answered', async () => {
      await stopServer(paths)
      const previous = join(paths.directory, `previous-${deadPid()}`)
      mkdirSync(previous)
      await startServer(paths, { port: readPortAccess(paths)?.port })
      expect(existsSync(previous)).toBe(false)
    })

    it('until a process that replaces it has ended', async () => {
      await stopServer(paths)
      const previous = join(paths.directory, `previous-${process.ppid}`)
      renameSync(paths.data, previous)
      await expect(startServer(paths)).rejects.toMatchObject({
        message: `process ${process.ppid} is replacing the data of the private server`,
      })
      await expect(resetServer(paths)).rejects.toMatchObject({ code: 'SERVER_FAILED' })
      renameSync(previous, paths.data)
      await startServer(paths, { port: readPortAccess(paths)?.port })
      expect(await orders()).toBeGreaterThan(0)
    })
  })
})

describe('mariadb-backup', () => {
  it('has the version of the server, and its package is named where it is missing', async () => {
    expect(await versionOfProgram(findPrograms().mariadbd)).toMatch(/^\d+\.\d+\.\d+$/)
    expect(() => findClient({}, { names: ['mariadb-backup-nothing'], component: 'backup' })).toThrow(
      expect.objectContaining({ message: 'mariadb-backup-nothing is not installed here' }) as Error,
    )
  })
})
