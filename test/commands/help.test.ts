import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { globalGroups } from '../../commands/kit/globals.ts'
import { topics } from '../../commands/kit/topics.ts'
import { exitCodes } from '../../src/errors.ts'
import { formats } from '../../src/output/choices.ts'
import { settingNames, settingTable } from '../../src/settings.ts'
import { binary, spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { verbs } from '../support/verbs.ts'

describe('help', () => {
  it('of dbtool is a table of contents', async () => {
    const { exitCode, stdout, stderr } = await dbtool('--help')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Usage: dbtool \[options\] <noun> <verb>/)
    expect(stdout).toMatch(/^Shop:\n {2}users {7}create get list/m)
    expect(stdout).toMatch(/^ {2}db {10}migrate rollback status seed reset check grants shell dump restore$/m)
    expect(stdout.split('\n').length).toBeLessThanOrEqual(46)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('is what dbtool alone shows', async () => {
    expect((await dbtool('')).stdout).toBe((await dbtool('--help')).stdout)
  })

  it('of a noun lists its verbs', async () => {
    const { exitCode, stdout } = await dbtool('users --help')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Verbs:\n {2}create +Add a user/m)
  })

  it('of a verb leaves the flags of every command to the topics, and shows defaults as they are typed', async () => {
    const stress = (await dbtool('pool stress -h')).stdout.replace(/\s+/g, ' ')
    expect(stress).toContain('(default: 5s)')
    expect(stress).toContain('(default: SELECT SLEEP(0.1))')
    expect(stress).not.toContain('--ssl-mode')
    expect((await dbtool('users list --help')).stdout.replace(/\s+/g, ' ')).toContain('(default: -created_at)')
  })

  it.each(['users', 'orders --json', 'db', 'server --color never'])(
    'a noun alone is a mistake: dbtool %s',
    async (line) => {
      const { exitCode, stdout, stderr } = await dbtool(line)
      expect([exitCode, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/^(Usage: [^]*error: |\{"error":\{"code":"USAGE","message":")\w+ needs a verb: \w+/)
    },
  )

  it.each(['--version', '-V'])('%s is the version alone', async (flag) => {
    expect(await dbtool(flag)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })
})

describe('dbtool help', () => {
  it.each([
    ['help', '--help'],
    ['help users', 'users --help'],
    ['help orders place', 'orders place --help'],
    ['help doctor', 'doctor --help'],
    ['help help', 'help --help'],
    ['--help users list', 'users list --help'],
    ['-h users', 'users --help'],
    ['users -h list', 'users list --help'],
    ['--help users list --search x', 'users list --help'],
  ])('%s is dbtool %s', async (line, same) => {
    const { exitCode, stdout, stderr } = await dbtool(line)
    expect([exitCode, stdout, stderr]).toEqual([0, (await dbtool(same)).stdout, ''])
  })

  it.each(Object.keys(topics))('%s fits the terminal, and its examples parse', async (topic) => {
    const { stdout, exitCode } = await dbtool(`help ${topic}`)
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(
      (await dbtool(`help ${topic}`, { columns: 60 })).stdout
        .split('\n')
        .filter((line) => line.length > 60 && !line.startsWith('  $')),
    ).toEqual([])
    const examples = [...stdout.matchAll(/^ {2}\$ dbtool (.*)$/gm)].map(([, line = '']) => line)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect((await dbtool(`${example} --help`)).exitCode, example).toBe(0)
  })

  it.each([60, 80, 120])('of every command is as wide as the terminal: %i columns', async (columns) => {
    const paths = ['', 'users', ...(await verbs()).map(([path]) => path)]
    for (const path of paths.filter((name) => name !== 'completion')) {
      const { stdout } = await dbtool(`${path} --help`.trim(), { columns })
      // Lines to copy are not broken within a flag.
      const tooLong = stdout.split('\n').filter((line) => line.length > columns && !/^ {2}\$|^ {6}--/.test(line))
      expect(tooLong, path).toEqual([])
    }
    for (const [verb, heading] of [
      ['pool tune', 'Measurement:'],
      ['pool stress', 'Load:'],
      ['pool compare', 'Statements:'],
    ]) {
      const { stdout } = await dbtool(`${verb} --help`, { columns })
      const [first = ''] = stdout.split(`${heading}\n`)[1]?.split('\n') ?? []
      expect(first.length, first).toBeGreaterThan(columns - 15)
    }
  })

  it('has every flag, variable, format and exit code in a topic', async () => {
    const pages = await Promise.all(Object.keys(topics).map(async (topic) => (await dbtool(`help ${topic}`)).stdout))
    const flags = globalGroups().flatMap(([, ...options]) =>
      options.filter(({ hidden }) => !hidden).map((one) => one.flags),
    )
    const helpText = pages.join('\n')
    const names = [...flags, ...settingNames, ...formats, ...Object.keys(exitCodes)]
    for (const name of names) expect(helpText).toContain(name)
    for (const code of Object.values(exitCodes)) expect(helpText).toMatch(new RegExp(`^ {2}${code} +[A-Za-z]`, 'm'))
    expect(helpText).toContain(
      'DB_POOL_TIMEOUT       maximum acquire wait for a connection (default: ' +
        `${settingTable('').DB_POOL_TIMEOUT.fallback})`,
    )
  })

  it.each([
    ['help exit-code', "no help about 'exit-code'", 'did you mean exit-codes?'],
    ['help usres', "no help about 'usres'", 'did you mean users?'],
    ['help users lst', "no help about 'users lst'", 'did you mean list?'],
    [
      'help constructor',
      "no help about 'constructor'",
      'topics: connecting, formats, environment, exit-codes; commands: dbtool help',
    ],
  ])('of what is not there is a mistake: dbtool %s', async (line, message, hint) => {
    expect(await dbtool(`${line} --json`)).toMatchObject({
      exitCode: 2,
      stdout: '',
      error: { code: 'USAGE', message, hint: expect.stringContaining(hint) },
    })
  })
})

describe('what is loaded', () => {
  const database = testDatabase()

  /** Packages, and our files. */
  async function loadedBy(line: string): Promise<{ packages: string[]; files: string[] }> {
    const hook = fileURLToPath(new URL('../support/list-loaded.mjs', import.meta.url))
    const { stderr, exitCode } = await spawned(line.split(' '), { database: database.name, node: ['--import', hook] })
    expect(exitCode, stderr).toBe(0)
    const all = (pattern: RegExp): string[] =>
      [...new Set([...stderr.matchAll(pattern)].map(([, name = '']) => name))].sort()
    return { packages: all(/node_modules\/((?:@[^/]+\/)?[^/\n]+)/g), files: all(/dist\/cli\/([\w-]+)\.cjs/g) }
  }

  const program = ['chunk-base', 'chunk-program', 'chunk-rolldown-runtime', 'dbtool']

  it.each(['--help', '--version'])('dbtool %s reads what every command needs', async (line) => {
    expect(await loadedBy(line)).toEqual({ packages: [], files: program })
  })

  it('so none of the modules of Node that take long', () => {
    const texts = program.map((name) => readFileSync(join(dirname(binary), `${name}.cjs`), 'utf8'))
    const needed = texts.flatMap((text) =>
      [...text.matchAll(/require\(["`]node:([\w/]+)["`]\)/g)].map(([, name]) => name),
    )
    expect([...new Set(needed)].sort()).toEqual([
      'crypto',
      'events',
      'fs',
      'module',
      'os',
      'path',
      'process',
      'vm',
      'zlib',
    ])
  })

  it.each([
    'users list --help',
    'addresses add --help',
    'users authenticate --help',
    'products import --help',
    'orders import --help',
    'report revenue --help',
    'logs list --help',
    'connection test --help',
    'db migrate --help',
    'pool stress --help',
    'pool tune --help',
    'bench drivers --help',
    'server start --help',
    'doctor --help',
    'demo --help',
    'config show --json',
    'server status --help',
  ])('dbtool %s loads no package', async (line) => {
    expect(await loadedBy(line)).toMatchObject({ packages: [], files: expect.not.arrayContaining(['chunk-database']) })
  })

  it('dbtool users list --json loads the connector and no package, and reads few files', async () => {
    const { packages, files } = await loadedBy('users list --json')
    expect(packages).toEqual([])
    expect(files).toEqual(
      expect.arrayContaining([...program, 'chunk-database', 'chunk-output', 'chunk-shop', 'connector']),
    )
    expect(files.length).toBeLessThan(15)
  })
})
