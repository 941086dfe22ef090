import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { environment } from './support/binary.ts'
import { testDatabase } from './support/database.ts'
import { temporaryFolder } from './support/folder.ts'
import { login } from './support/people.ts'
import { smallShop } from './support/shop.ts'

const root = resolve(import.meta.dirname, '..')
const folder = temporaryFolder()
const database = testDatabase()

interface Ended {
  readonly exitCode: unknown
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program in the folder that has nothing but the package. */
function run(
  program: string,
  args: readonly string[],
  { cwd = folder, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const { PATH = '', HOME = '', npm_config_cache: cache, npm_config_registry: registry } = process.env
  const npm = {
    npm_config_update_notifier: 'false',
    npm_config_fetch_retries: '1',
    npm_config_fetch_retry_mintimeout: '1000',
    ...(cache === undefined ? {} : { npm_config_cache: cache }),
    ...(registry === undefined ? {} : { npm_config_registry: registry }),
  }
  return new Promise((done) => {
    execFile(program, args, { cwd, env: { PATH, HOME, ...npm, ...env } }, (error, stdout, stderr) =>
      done({ exitCode: error === null ? 0 : error.code, stdout, stderr }),
    )
  })
}

const noRegistry = /\b(ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/
const packed = { files: [] as string[], tarball: '', bytes: 0 }
let installed: Ended

beforeAll(async () => {
  // `npm pack` does this, but it also builds, and other tests run the build meanwhile.
  expect(await run(process.execPath, [join(root, 'scripts', 'sbom.mjs')])).toMatchObject({ exitCode: 0 })
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  })
  const [pack] = JSON.parse(stdout) as { filename: string; size: number; files: { path: string }[] }[]
  Object.assign(packed, {
    files: pack?.files.map(({ path }) => path),
    tarball: basename(pack?.filename ?? ''),
    bytes: pack?.size,
  })
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  installed = await run('npm', [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--omit=dev',
    `./${packed.tarball}`,
  ])
  await smallShop(database.name)
}, 180_000)

/** The packages that are compiled into the files of dbtool. */
const held = [
  '@optique/core',
  'chalk',
  'commander',
  'denque',
  'dotenv',
  'get-east-asian-width',
  'jsonc-parser',
  'lru-cache',
  'mariadb',
]

describe('the package', () => {
  it('holds the compiled tool, the library, and what belongs to them', () => {
    const unexpected =
      /^(?!dist\/cli\/(?:dbtool|thread-main|connector|chunk-[\w-]+)\.cjs$|dist\/cli\/sql\/\d{4}_\w+\.(?:up|down)\.sql$|dist\/lib\/(?:[\w-]+\/)*[\w-]+\.d\.ts$)/
    expect(packed.files.filter((path) => unexpected.test(path)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/cli/THIRD-PARTY-LICENSES',
      'dist/cli/browser/page.js',
      'dist/lib/cjs/index.js',
      'dist/lib/cjs/package.json',
      'dist/lib/index.js',
      'dist/sbom.cdx.json',
      'docs/dbtool.1',
      'docs/library.md',
      'examples/opentelemetry.ts',
      'examples/prometheus.ts',
      'package.json',
    ])
    for (const path of ['dist/cli/dbtool.cjs', 'dist/cli/thread-main.cjs', 'dist/lib/index.d.ts'])
      expect(packed.files).toContain(path)
    // The library is there twice, as an ES module and as CommonJS.
    expect(packed.bytes).toBeLessThan(850_000)
  })

  it('names the licence of everything that is inside of it', () => {
    const notices = readFileSync(join(root, 'dist', 'cli', 'THIRD-PARTY-LICENSES'), 'utf8')
    for (const name of held) expect(notices).toMatch(new RegExp(`^${name}\n`, 'm'))
    expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE')
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>
    }
    const connector = readFileSync(join(root, 'dist', 'cli', 'connector.cjs'), 'utf8')
    expect(connector.slice(0, 1_000)).toContain(
      `https://registry.npmjs.org/mariadb/-/mariadb-${packages['node_modules/mariadb']?.version}.tgz`,
    )
  })
})

/** `chalk@5.6.2` for everything in a lock file below these paths. */
const versionsIn = (path: string): string[] => {
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, { version?: string }> }
  return Object.entries(packages).flatMap(([at, { version }]) => {
    const [, name] = /^.*node_modules\/(.+)$/.exec(at) ?? []
    return name === undefined || name === 'dbtool' ? [] : [`${name}@${version}`]
  })
}

interface Bill {
  readonly bomFormat: string
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } }
  readonly components: readonly { readonly 'bom-ref': string; readonly properties: readonly { name: string }[] }[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

describe('the bill of materials', () => {
  const bill = (): Bill => JSON.parse(readFileSync(join(root, 'dist', 'sbom.cdx.json'), 'utf8')) as Bill
  const listed = (): string[] => bill().components.map((component) => component['bom-ref'])

  it('is CycloneDX, about this package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(bill()).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'dbtool', version } } })
  })

  it('lists what is compiled into its files, and no tool of development', () => {
    const names = listed().map((ref) => ref.slice(0, ref.lastIndexOf('@')))
    for (const name of held) expect(names).toContain(name)
    for (const name of ['typescript', 'vitest', 'oxlint', 'mysql2', 'tarn', 'rolldown'])
      expect(names).not.toContain(name)
    const refs = new Set([`dbtool@${bill().metadata.component.version}`, ...listed()])
    expect(
      bill()
        .dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
        .filter((ref) => !refs.has(ref)),
    ).toEqual([])
  })

  it('lists every package that is installed with it', ({ skip }) => {
    skip(installed.exitCode !== 0 && noRegistry.test(installed.stderr), 'no registry can be reached')
    const names = new Set(listed().map((ref) => ref.slice(0, ref.lastIndexOf('@'))))
    const missing = versionsIn(join(folder, 'package-lock.json')).filter(
      (ref) => !names.has(ref.slice(0, ref.lastIndexOf('@'))),
    )
    expect(missing).toEqual([])
  })
})

const shopUrl = (): string => {
  const { DB_USER = '', DB_PASSWORD = '' } = login('app')
  const [password, socket] = [DB_PASSWORD, inject('socket')].map(encodeURIComponent)
  return `mariadb://${DB_USER}:${password}@localhost/${database.name}?socket=${socket}`
}

describe('installed into an empty folder', () => {
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

  beforeEach(({ skip }) =>
    skip(
      installed.exitCode !== 0 && noRegistry.test(installed.stderr),
      'no registry can be reached, and not everything is in the cache of npm',
    ),
  )

  it('brings no package that it holds already, and none with an install script', () => {
    expect(installed, installed.stderr).toMatchObject({ exitCode: 0 })
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; hasInstallScript?: true }>
    }
    expect(
      Object.keys(lock.packages).filter((path) =>
        /\/(chalk|commander|dotenv|jsonc-parser|@optique\/core|typescript|mysql2|tarn)$/.test(path),
      ),
    ).toEqual([])
    expect(Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([])
    expect(lock.packages['node_modules/@inquirer/prompts']?.version).toBe('8.7.5')
  })

  const installedTool = join(folder, 'node_modules', '.bin', 'dbtool')

  it('is what npx runs', async () => {
    const outcome = await run('npx', ['--offline', 'dbtool', '--version'])
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it.each([
    ['users list --json', /^\[\n {2}\{\n {4}"id": \d+,/],
    ['users list', /^┌[^]*username/],
    ['pool stress --threads 2 --workers 4 --iterations 3 --sql DO_0 --json', /"ok": 12,/],
    // What the connector has no codec of its own for.
    ['pool stress --workers 1 --pool-size 1 --iterations 3 --sql SET_NAMES_cp1250 --json', /"ok": 3,/],
  ])('dbtool %s', async (line, stdout) => {
    const argv = line.split(' ').map((word) => word.replaceAll('_', ' '))
    const outcome = await run(installedTool, argv, { env: environment(database.name) })
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(stdout) })
  })

  it('names the optional pools that are not installed, and compares the others', async () => {
    const argv = 'pool compare --workload ping --workers 2 --duration 50ms --warmup 0ms --json'.split(' ')
    const { stdout, stderr, exitCode } = await run(installedTool, argv, {
      env: environment(database.name),
    })
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining('mysql2 and tarn are not installed; to compare: npm install mysql2 tarn'),
    ])
    const modes = (JSON.parse(stdout) as { mode: string }[]).map(({ mode }) => mode)
    expect(modes).toEqual(['fair', 'driver', 'static', 'none'])
  })

  it('takes another connector in place of its own, as the licence of that asks', async () => {
    const connector = join(folder, 'node_modules', 'dbtool', 'dist', 'cli', 'connector.cjs')
    const own = readFileSync(connector)
    writeFileSync(connector, `console.error('another'); module.exports = require('mariadb')`)
    const outcome = await run(installedTool, ['users', 'list', '--json'], {
      env: environment(database.name),
    })
    writeFileSync(connector, own)
    expect(outcome).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/"username"/),
      stderr: expect.stringMatching(/^another$/m),
    })
  })

  it('is the library of docs/library.md, whose example is type-checked and run', async () => {
    const [, example = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'docs', 'library.md'), 'utf8')) ?? []
    for (const name of ['example.mts', 'example.mjs']) writeFileSync(join(folder, name), example)
    const compiler = [
      join(root, 'node_modules', 'typescript-7', 'bin', 'tsc'),
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules', '@types'),
    ]
    const types = await run(process.execPath, [...compiler, 'example.mts'])
    expect(types.stdout).toBe('')
    const outcome = await run(process.execPath, ['example.mjs'], { env: { SHOP_URL: shopUrl() } })
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 })
    expect(lines(outcome.stdout)).toEqual([
      expect.stringMatching(/^placed \d+ \d+\.\d\d existing$/),
      'OUT_OF_STOCK 1000000',
    ])
    expect(outcome.stderr).toMatch(/^[1-9]\d* 0 \d+ [\d.]+\n$/)
  })

  it('is a library that loads mariadb alone, once it connects, and refuses a URL that it cannot read', async () => {
    const hook = pathToFileURL(join(root, 'test', 'support', 'list-loaded.mjs')).href
    writeFileSync(
      join(folder, 'refused.mjs'),
      `import { createPool } from 'dbtool'
      try { createPool('postgres://ada@localhost/shop') }
      catch (error) { console.log(error.name, error.code, error.message) }`,
    )
    const { stdout, stderr: ofRefused } = await run(process.execPath, ['--import', hook, 'refused.mjs'])
    const { stderr: ofExample } = await run(process.execPath, ['--import', hook, 'example.mjs'], {
      env: { SHOP_URL: shopUrl() },
    })
    expect(stdout).toBe(
      'DbtoolError BAD_CONFIG the URL of the pool must be a URL such as mariadb://user@host:port/database: ' +
        'it must start with mariadb://\n',
    )
    const packagesIn = (stderr: string): string[] => [
      ...new Set([...stderr.matchAll(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name = '']) => name)),
    ]
    const ofMariadb = ['denque', 'iconv-lite', 'lru-cache', 'safer-buffer']
    expect(packagesIn(ofRefused)).toEqual(['dbtool'])
    expect(
      packagesIn(ofExample)
        .filter((name) => !ofMariadb.includes(name))
        .sort(),
    ).toEqual(['dbtool', 'mariadb'])
  })
})
