// From a clean clone to `npm test`, `npm run demo`, `npm run torture` or `npm run bench`. It runs before there are
// packages, so it uses none.
//   node scripts/setup.mjs test [--fast] [arguments for vitest]
//   node scripts/setup.mjs demo|bench [arguments for the demo or for the bench]
//   node scripts/setup.mjs torture [--seconds 300] [--seed N]
//   node scripts/setup.mjs torture --cluster [--rounds 20] [--seed N] [--fault TEXT] [--peers] [--before DIR]
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Failure, Steps } from './steps.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(root, ...parts)
const debianPackages = ['mariadb-server-core', 'mariadb-client-core']
/** Packages without which some tests are skipped. */
const galera = {
  file: '/usr/lib/galera/libgalera_smm.so',
  name: 'galera-4',
  without: 'the tests of a cluster are skipped',
}
const dump = { file: '/usr/bin/mariadb-dump', name: 'mariadb-client', without: 'the tests of db dump are skipped' }
const backup = {
  file: '/usr/bin/mariadb-backup',
  name: 'mariadb-backup',
  without: 'the tests of physical backups are skipped',
}
const haproxy = { file: '/usr/sbin/haproxy', name: 'haproxy', without: 'the tests of HAProxy are skipped' }
const sources = ['bin', 'commands', 'src', 'bench', 'scripts', 'tsconfig.json', 'package.json', 'package-lock.json']

const steps = new Steps()

async function main([task, ...rest]) {
  checkNode()
  if (!['test', 'demo', 'torture', 'bench'].includes(task))
    throw new Failure('usage: node scripts/setup.mjs test|demo|torture|bench [arguments]', { status: 2 })
  const torture = task === 'torture' ? tortureSettings(rest) : undefined
  await steps.step('packages', packages)
  await steps.step('build', build)
  await steps.step('MariaDB', mariadb)
  if (task === 'test') await steps.step('mariadb-dump', optional(dump))
  if (task === 'test') await steps.step('mariadb-backup', optional(backup))
  if (task === 'test' || torture !== undefined) await steps.step('Galera', optional(galera))
  if (task === 'test' || torture !== undefined) await steps.step('HAProxy', optional(haproxy))
  if (task === 'demo') return demo(rest)
  if (torture !== undefined) return node([...vitest(), at('test', torture.folder)], torture.env)
  if (task === 'bench') return node([at('dist', 'bench', 'main.js'), ...rest])
  return test(rest)
}

/** At its end, a newcomer learns how to type `dbtool`. */
async function demo(args) {
  const status = await node([at('dist', 'cli', 'dbtool.cjs'), 'demo', ...args])
  const folders = (process.env.PATH ?? '').split(delimiter)
  if (status === 0 && !folders.some((folder) => isThisDbtool(join(folder, 'dbtool'))))
    process.stdout.write(`\nTo type dbtool in this shell:\n  export PATH="${root.replace(/["$`\\]/g, '\\$&')}:$PATH"\n`)
  return status
}

function isThisDbtool(path) {
  try {
    return [at('dbtool'), at('dist', 'cli', 'dbtool.cjs')].includes(realpathSync(path))
  } catch {
    return false
  }
}

/** What can be seen without running anything is looked at beside the tests, which wait a lot, and told after them. */
async function test(args) {
  const fast = args.includes('--fast')
  const [status] = await allOf([
    node([...vitest(), ...args.filter((arg) => arg !== '--fast')], fast ? { DBTOOL_TESTS: 'fast' } : {}),
    steps.step('lint', () => check('oxlint', ['oxlint', 'bin', 'oxlint'])),
    steps.step('format', () => check('oxfmt', ['oxfmt', 'bin', 'oxfmt', '--check'])),
    steps.step('types', types),
  ])
  return status
}

/** The script of report pages runs in browsers, so it has types of its own. */
async function types() {
  const tsc = ['typescript-7', 'bin', 'tsc', '--noEmit']
  await check('tsc', tsc)
  await check('tsc', [...tsc, '-p', at('src', 'stress', 'browser')])
}

const vitest = () => [at('node_modules', 'vitest', 'vitest.mjs'), 'run', ...(steps.colour ? [] : ['--no-color'])]

const tortureUsage = `usage: npm run torture -- [--seconds 300] [--seed N]
       npm run torture -- --cluster [--rounds 20] [--seed N] [--fault TEXT] [--peers] [--before DIR]
  --seconds  duration of the faults
  --seed     the seed of an earlier run
  --cluster  faults of a Galera cluster instead of a single server
  --rounds   how often each fault occurs
  --fault    only faults whose name contains this text
  --peers    the same faults for HAProxy and for the connector's PoolCluster, too
  --before   a checkout of an earlier commit, with its build, to compare the costs`

/** The tests of faults read these: they are the same in `npm test`, only short. */
function tortureSettings(args) {
  const { cluster, rounds = '20', fault, peers, before, seconds = '300', seed } = tortureFlags(args)
  const seeded = seed === undefined ? {} : { DBTOOL_TORTURE_SEED: seed }
  if (!cluster) return { folder: 'faults', env: { DBTOOL_TORTURE_SECONDS: seconds, ...seeded } }
  return {
    folder: 'cluster',
    env: {
      DBTOOL_CLUSTER_ROUNDS: rounds,
      ...(fault === undefined ? {} : { DBTOOL_CLUSTER_FAULT: fault }),
      ...(peers ? { DBTOOL_CLUSTER_PEERS: '1' } : {}),
      ...(before === undefined ? {} : { DBTOOL_CLUSTER_BEFORE: resolve(before) }),
      ...seeded,
    },
  }
}

function tortureFlags(args) {
  const [text, yes] = [{ type: 'string' }, { type: 'boolean' }]
  const options = { seconds: text, seed: text, cluster: yes, rounds: text, fault: text, peers: yes, before: text }
  try {
    const { values } = parseArgs({ args, options })
    const others = values.cluster ? ['seconds'] : ['rounds', 'fault', 'peers', 'before']
    const wrong = ['seconds', 'seed', 'rounds'].some((name) => !/^\d{1,9}$/.test(values[name] ?? '1'))
    if (!wrong && !others.some((name) => name in values)) return values
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  throw new Failure(tortureUsage, { status: 2 })
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Failure(`dbtool needs Node 20.19 or later, and this is Node ${process.versions.node}`)
}

async function packages(report) {
  if (packagesMatch()) return 'up to date'
  // Inside `npm test`, npm says where it is itself; NODE_ENV=production must not leave the compiler out.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  report(installedOf)
  const args = [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  await steps.quietly('npm ci', npm[0], args, { cwd: root })
  return 'installed'
}

/** npm says nothing until its end, so the packages that it has unpacked are counted. */
const installedOf = () => {
  const names = neededIn(readLock(at('package-lock.json')))
  return `${names.filter((name) => existsSync(at(name, 'package.json'))).length} of ${names.length}`
}

const neededIn = (lock) => Object.keys(lock).filter((name) => name !== '' && !lock[name].optional)

/** npm notes last of all what it installed, so a note that agrees with package-lock.json is a finished installation. */
function packagesMatch() {
  const installed = readLock(at('node_modules', '.package-lock.json'))
  const wanted = readLock(at('package-lock.json'))
  const identity = (entry) => `${entry?.version} ${entry?.integrity}`
  const same = (name) => identity(installed[name]) === identity(wanted[name])
  return neededIn(wanted).every(same) && Object.keys(installed).every(same)
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return {}
  }
}

async function build(report) {
  const built = statSync(at('dist', '.built'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (Math.max(...sources.map((name) => newestMs(at(name)))) < built) return 'up to date'
  await steps.quietly('the build', process.execPath, [at('scripts', 'build.mjs')], { cwd: root, onLine: report })
  return 'compiled'
}

/** A directory counts too: its time tells that a file in it was deleted. */
function newestMs(path) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 0
  const below = found.isDirectory() ? readdirSync(path).map((name) => newestMs(join(path, name))) : []
  return Math.max(found.mtimeMs, ...below)
}

async function mariadb(report) {
  const { findPrograms } = await import(pathToFileURL(at('dist', 'src', 'server', 'programs.js')).href)
  try {
    return findPrograms().mariadbd
  } catch (error) {
    if (!canInstall()) throw new Failure(error.message)
  }
  await install(debianPackages, report)
  return `${findPrograms().mariadbd} installed`
}

/** The step that installs a package if it can. */
function optional({ file, name, without }) {
  return async (report) => {
    if (existsSync(file)) return file
    if (!canInstall()) return `not installed: ${without}`
    try {
      await install([name], report)
      return `${file} installed`
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return `the package ${name} cannot be installed: ${without}`
    }
  }
}

function canInstall() {
  return !process.env.DBTOOL_MARIADBD && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

async function install(packages, report) {
  const options = { cwd: '/', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  report('updating the lists of apt')
  await steps.quietly('apt-get update', 'apt-get', ['update', '-qq'], options)
  report(`installing ${packages.join(' ')}`)
  const args = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  await steps.quietly('apt-get install', 'apt-get', args, options)
}

async function check(name, [directory, bin, file, ...args]) {
  await steps.quietly(name, process.execPath, [at('node_modules', directory, bin, file), ...args], { cwd: root })
}

function node(args, env = {}) {
  return steps.loudly(process.execPath, args, { cwd: root, env: { ...process.env, ...env } })
}

/** Both are heard to their end, so that one run tells all faults. */
async function allOf(works) {
  const results = await Promise.allSettled(works)
  const failures = results.filter((result) => result.status === 'rejected').map((result) => result.reason)
  if (failures.length > 0) throw new Failure('', { output: failures.map(textOf).join('\n') })
  return results.map(({ value }) => value)
}

function textOf(error) {
  return (error instanceof Failure ? error.output || error.message : error.stack).trimEnd()
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = error instanceof Failure ? error.status : 1
  if (steps.interruption === undefined && textOf(error)) process.stderr.write(`${textOf(error)}\n`)
}
process.exitCode = steps.interruption ?? process.exitCode
