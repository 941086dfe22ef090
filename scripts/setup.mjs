// From a clean clone to `npm test`, `npm run demo`, `npm run torture` or `npm run bench`. It runs before there are
// packages, so it uses none.
//   node scripts/setup.mjs test [--fast] [arguments for vitest]
//   node scripts/setup.mjs demo|bench [arguments for the demo or for the bench]
//   node scripts/setup.mjs torture [--seconds 300] [--seed N] | torture --cluster [--rounds 20]
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Failure, Steps } from './steps.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(root, ...parts)
const debianPackages = ['mariadb-server-core', 'mariadb-client-core']
const galeraLibrary = '/usr/lib/galera/libgalera_smm.so'
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
  if (task === 'test' || torture !== undefined) await steps.step('Galera', galera)
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
    steps.step('lint', () => check('eslint', ['eslint', 'bin', 'eslint.js', '.'])),
    steps.step('format', () => check('prettier', ['prettier', 'bin', 'prettier.cjs', '--check', '.', ...kept.format])),
    steps.step('types', types),
  ])
  return status
}

/** The script of report pages runs in browsers, so it has types of its own. */
async function types() {
  const tsc = ['typescript', 'bin', 'tsc', '--noEmit']
  await check('tsc', [...tsc, ...kept.types])
  await check('tsc', [...tsc, '-p', at('src', 'stress', 'browser')])
}

/** What is as it was the last time is not looked at again. eslint has no such thing that knows of types. */
const kept = {
  format: ['--cache', '--cache-strategy', 'content', '--cache-location', at('node_modules', '.cache', 'format')],
  types: ['--incremental', '--tsBuildInfoFile', at('node_modules', '.cache', 'tsc.json')],
}

const vitest = () => [at('node_modules', 'vitest', 'vitest.mjs'), 'run', ...(steps.colour ? [] : ['--no-color'])]

/** The tests of faults read these: they are the same in `npm test`, only short. */
function tortureSettings(args) {
  const usage = 'usage: npm run torture -- [--seconds 300] [--seed N], or --cluster [--rounds 20], all whole numbers'
  const settings = {}
  for (let index = 0; index < args.length; index += args[index] === '--cluster' ? 1 : 2) {
    const [name, value] = [args[index], args[index + 1] ?? '']
    if (name === '--cluster') settings[name] = ''
    else if (['--seconds', '--seed', '--rounds'].includes(name) && /^\d{1,9}$/.test(value)) settings[name] = value
    else throw new Failure(usage, { status: 2 })
  }
  const isCluster = settings['--cluster'] !== undefined
  const allowed = isCluster ? ['--cluster', '--rounds'] : ['--seconds', '--seed']
  if (Object.keys(settings).some((name) => !allowed.includes(name))) throw new Failure(usage, { status: 2 })
  if (isCluster) return { folder: 'cluster', env: { DBTOOL_CLUSTER_ROUNDS: settings['--rounds'] ?? '20' } }
  return {
    folder: 'faults',
    env: {
      DBTOOL_TORTURE_SECONDS: settings['--seconds'] ?? '300',
      ...(settings['--seed'] === undefined ? {} : { DBTOOL_TORTURE_SEED: settings['--seed'] }),
    },
  }
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

/** Without it, the tests of a cluster are skipped. */
async function galera(report) {
  if (existsSync(galeraLibrary)) return galeraLibrary
  if (!canInstall()) return 'not installed: the tests of a cluster are skipped'
  try {
    await install(['galera-4'], report)
    return `${galeraLibrary} installed`
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return 'the package galera-4 cannot be installed: the tests of a cluster are skipped'
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
