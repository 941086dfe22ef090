import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { binary, environment, spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, untilRuns } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { renewedShop } from '../support/shop.ts'

const shop = testDatabase()
const { name: database } = shop
const home = temporaryFolder()
let cwd: string
let tests = 0

beforeAll(() => renewedShop(shop))
beforeEach(() => {
  tests += 1
  cwd = join(home, String(tests))
  mkdirSync(cwd)
})

const typed = (line: string, more: Parameters<typeof dbtool>[1] = {}) => dbtool(line, { database, cwd, ...more })
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8')

describe('--output', () => {
  it.each([
    ['db dump', 'the file is the argument, as in dbtool db dump shop.sql.gz'],
    ['db dump -', 'the file is the argument, as in dbtool db dump shop.sql.gz'],
    ['db shell', 'redirect it, as in dbtool db shell > result.txt'],
    ['help formats', 'redirect it, as in dbtool help formats > formats.txt'],
  ])('is refused by %s, which would leave the file empty', async (line, instead) => {
    const { exitCode, stdout, error } = await typed(`${line} --output out --json`)
    expect([exitCode, stdout, error.message]).toEqual([2, '', `--output does not apply here: ${instead}`])
    expect(existsSync(join(cwd, 'out'))).toBe(false)
  })

  it.each([
    ['users list --format csv -o out', 'users list --format csv', '2 rows'],
    ['users list --output out', 'users list', '2 rows'],
    ['users get ada --json -o out', 'users get ada --json', undefined],
    ['orders list --items -o out --format markdown', 'orders list --items --format markdown', '1 row'],
    ['users list --format count -o out', 'users list --format count', '2 rows'],
    ['users export -o out', 'users export', '2 rows'],
    ['orders export --format ndjson --output=out', 'orders export --format ndjson', '2 rows'],
    ['users export --format json -o out', 'users export --format json', undefined],
    ['-o out users list --field email', 'users list --field email', '2 rows'],
    ['users list --search nobody --format csv -o out', 'users list --search nobody --format csv', '0 rows'],
    ['users list -q -o out', 'users list', undefined],
  ])('takes what dbtool would print: %s', async (line, same, written) => {
    const { exitCode, stdout, stderr } = await typed(line)
    expect([exitCode, stdout, stderr]).toEqual([0, '', written === undefined ? '' : `${written} written to out\n`])
    expect(read('out')).toBe((await typed(same)).stdout)
    expect(readdirSync(cwd)).toEqual(['out'])
  })

  it.each([
    ['out.json', 'users list --json'],
    ['out.ndjson', 'users list --format ndjson'],
    ['out.jsonl', 'users list --format ndjson'],
    ['out.CSV', 'users list --format csv'],
    ['out.tsv', 'users list --format tsv'],
    ['out.md', 'users list --format markdown'],
    ['out.txt', 'users list'],
    ['json', 'users list'],
  ])('by its name knows its format, where nobody says it: %s', async (name, same) => {
    await typed(`users list -o ${name}`)
    expect(read(name)).toBe((await typed(same)).stdout)
    await typed(`users list --format ids --force -o ${name}`)
    expect(read(name)).toBe('2\n1\n')
  })

  it('has no colour and no end of the line, whatever the terminal has', async () => {
    await typed('users list -o wide.txt --color always', { columns: 30, env: { FORCE_COLOR: '1', LANG: 'C' } })
    expect(read('wide.txt')).toBe((await typed('users list')).stdout)
  })

  it('holds text as it is, and formulas guarded as in a pipe', async () => {
    await shop.connection.execute(
      'INSERT INTO products (sku, name, price, stock, stock_received) VALUES (?, ?, 1, 1, 1)',
      ['EVIL', '=1\u001b[2J'],
    )
    for (const raw of ['', ' --raw']) {
      await typed(
        `products list --sort -id --limit 1 --fields name -o x${raw}.csv${raw}`.replace('x --raw.csv', 'raw.csv'),
      )
      expect(read(raw === '' ? 'x.csv' : 'raw.csv')).toBe(`name\n${raw === '' ? "'" : ''}=1\u001b[2J\n`)
    }
    await shop.connection.execute('DELETE FROM products WHERE sku = ?', ['EVIL'])
  })

  it.each(['-', '/dev/stdout'])('of %s is standard output', async (path) => {
    expect((await typed(`users list --field id -o ${path}`)).stdout).toBe('2\n1\n')
    expect(readdirSync(cwd)).toEqual([])
  })

  it('holds what has one form only, too', async () => {
    const { stdout, stderr } = await typed('completion fish -o dbtool.fish')
    expect([stdout, stderr]).toEqual(['', 'written to dbtool.fish\n'])
    expect(read('dbtool.fish')).toBe((await typed('completion fish')).stdout)
  })

  it('is where a sentence would have been enough for a person, too', async () => {
    await typed('server stop -o out.json', { env: { DBTOOL_HOME: cwd } })
    expect(JSON.parse(read('out.json'))).toMatchObject({ running: false })
  })
})

describe('a file that is there', () => {
  it('stays as it is, and nothing runs', async () => {
    writeFileSync(join(cwd, 'out'), 'mine')
    const line = 'products create --name Cup --price 1 -o out'
    expect(await typed(line)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: 'error: out already exists\nhint: choose another file, or add --force to replace it\n',
    })
    expect(read('out')).toBe('mine')
    expect((await typed('products list --search Cup --format count')).stdout).toBe('0\n')
  })

  it('is replaced with --force, as a whole, with the rights that it had', async () => {
    writeFileSync(join(cwd, 'out'), 'mine, and longer than a list of ids')
    chmodSync(join(cwd, 'out'), 0o640)
    expect(await typed('products list --field sku -o out --force')).toMatchObject({ exitCode: 0 })
    expect(read('out')).toBe((await typed('products list --field sku')).stdout)
    expect(statSync(join(cwd, 'out')).mode & 0o777).toBe(0o640)
  })

  it('behind a link is replaced, and the link stays', async () => {
    writeFileSync(join(cwd, 'out'), 'mine')
    symlinkSync('out', join(cwd, 'link'))
    await typed('users list --field id -o link --force')
    expect(read('out')).toBe('2\n1\n')
    expect(readdirSync(cwd)).toEqual(['link', 'out'])
  })

  it('behind a link is made, where it is not there yet', async () => {
    symlinkSync('later', join(cwd, 'link'))
    expect((await typed('users list --field id -o link')).exitCode).toBe(0)
    expect(read('later')).toBe('2\n1\n')
    expect(readlinkSync(join(cwd, 'link'))).toBe('later')
  })

  it('since the command began stays, too', async () => {
    const outcome = await typed('pool stress --workload ping --workers 1 -o out.json --out json=out.json')
    expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('error: out.json already exists') })
    expect(JSON.parse(read('out.json'))).toHaveProperty('over_time')
    expect(readdirSync(cwd)).toEqual(['out.json'])
  })

  it('survives a command that fails', async () => {
    writeFileSync(join(cwd, 'out'), 'mine')
    expect(await typed('users get nobody -o out --force')).toMatchObject({ exitCode: 5 })
    expect(read('out')).toBe('mine')
    expect(readdirSync(cwd)).toEqual(['out'])
  })
})

describe('no file is left', () => {
  it.each([
    ['users get nobody -o out', 5],
    ['users list --limit x -o out', 2],
    ['users create -o out', 2],
    ['orders export --user nobody -o out', 5],
    ['orders place --user ada --item POT-1:99 -o out', 6],
  ])('by dbtool %s, which fails', async (line, exitCode) => {
    expect(await typed(line)).toMatchObject({ exitCode, stdout: '' })
    expect(readdirSync(cwd)).toEqual([])
  })

  it.each<[signals: [number, NodeJS.Signals][], exitCode: number]>([
    [[[0, 'SIGINT']], 130],
    [[[0, 'SIGTERM']], 143],
    [
      [
        [0, 'SIGINT'],
        [50, 'SIGINT'],
      ],
      130,
    ],
  ])('after %j', async (signals, exitCode) => {
    const child = await spawned(
      [
        'pool',
        'stress',
        '--sql',
        'SELECT SLEEP(20)',
        '--workers',
        '1',
        '--pool-timeout',
        '30s',
        '-o',
        join(cwd, 'out.json'),
      ],
      { database, working: () => untilRuns(shop, 'SELECT SLEEP(20)'), signals },
    )
    expect(child.exitCode).toBe(exitCode)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('but one with all that was printed is, whatever comes of the rest', async () => {
    const { exitCode, stderr } = await typed('doctor -o out.json', { env: { DB_SOCKET: '/nowhere' } })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('error: faults: ')])
    expect(JSON.parse(read('out.json'))).toContainEqual(expect.objectContaining({ status: 'fault' }))
  })
})

describe('a place that cannot be written', () => {
  it.each([
    ['no/where', 'its folder does not exist'],
    ['.', 'it is a folder'],
    ['file/below', 'a part of its path is not a folder'],
  ])('is exit 2 before anything runs: %s', async (path, why) => {
    writeFileSync(join(cwd, 'file'), '')
    expect(await dbtool(`users list -o ${path}`, { cwd })).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `error: cannot write ${path}: ${why}\nhint: choose another file with --output\n`,
    })
  })

  it('is a pipe that nobody reads', async () => {
    execFileSync('mkfifo', [join(cwd, 'pipe')])
    expect(await typed('users list -o pipe')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: 'error: cannot write pipe: it is a pipe without a reader\nhint: choose another file with --output\n',
    })
  })

  it.skipIf(process.getuid?.() === 0)('is a folder where this user may make no file', async () => {
    chmodSync(cwd, 0o555)
    expect(await typed('users list -o out')).toMatchObject({
      exitCode: 2,
      stderr:
        'error: cannot write out: this user may not create files in its folder\nhint: choose another file with ' +
        '--output\n',
    })
  })

  it.runIf(existsSync('/dev/full'))('because the disk is full is exit 1', async () => {
    for (const line of ['users list', 'users export'])
      expect(await typed(`${line} -o /dev/full`)).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(/^error: cannot write \/dev\/full: ENOSPC/),
      })
  })

  it('is no file, such as a pipe: it is written to', () => {
    const script = '"$0" "$1" users list --field id -q -o >(cat); wait; sleep 0.2'
    expect(
      execFileSync('bash', ['--norc', '-c', script, process.execPath, binary], {
        env: environment(database),
        encoding: 'utf8',
        cwd,
      }),
    ).toBe('2\n1\n')
  })
})
