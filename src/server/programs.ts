import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { DbtoolError } from '../errors.ts'
import { type Component, installCommand } from './install-command.ts'

/** The programs of MariaDB. */
export interface Programs {
  readonly mariadbd: string
  readonly installDb: string
  /** Set if MariaDB is not in the directory for which it was compiled. */
  readonly basedir: string | undefined
}

const usualDirectories = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/lib/mysql',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
]

/**
 * Finds MariaDB's server and the script that creates a data directory. DBTOOL_MARIADBD names another directory to
 * search.
 * @throws DbtoolError SERVER_FAILED with instructions to install the missing program.
 */
export function findPrograms(env: NodeJS.ProcessEnv = process.env): Programs {
  const override = env['DBTOOL_MARIADBD']
  if (override) return overridden(override)
  const directories = [...(env['PATH'] ?? '').split(delimiter).filter(Boolean), ...usualDirectories]
  const [mariadbd, installDb] = ['mariadbd', 'mariadb-install-db'].map((name) => findIn(directories, name))
  // The install script calls my_print_defaults, which Debian ships in another package.
  const defaults = findIn(directories, 'my_print_defaults')
  if (mariadbd !== undefined && installDb !== undefined && defaults !== undefined) {
    return { mariadbd, installDb, basedir: undefined }
  }
  throw missing(
    mariadbd === undefined ? 'mariadbd' : installDb === undefined ? 'mariadb-install-db' : 'my_print_defaults',
  )
}

export interface WantedClient {
  readonly names: readonly string[]
  readonly component: Exclude<Component, 'server'>
}

/**
 * Finds a client program of MariaDB, first where DBTOOL_MARIADBD says, by one of its names.
 * @throws DbtoolError CLIENT_FAILED with instructions to install it.
 */
export function findClient(env: NodeJS.ProcessEnv, { names, component }: WantedClient): string {
  const override = env['DBTOOL_MARIADBD'] ?? ''
  const own = override === '' ? [] : ['', 'bin', '../bin'].map((part) => join(directoryOf(override), part))
  const directories = [...own, ...(env['PATH'] ?? '').split(delimiter).filter(Boolean), ...usualDirectories]
  const found = names.flatMap((name) => findIn(directories, name) ?? [])[0]
  if (found !== undefined) return found
  const [name = ''] = names
  throw new DbtoolError('CLIENT_FAILED', `${name} is not installed here`, {
    hint: `install ${adviceFor(component, `the package of your system that has ${name}`)}`,
  })
}

function adviceFor(component: Component, otherwise: string): string {
  const command = installCommand(component)
  return command === undefined ? otherwise : `it with: ${command}`
}

const directoryOf = (given: string): string => (isFile(given) ? dirname(given) : given)

function overridden(given: string): Programs {
  const directory = directoryOf(given)
  const directories = ['', 'bin', 'sbin', 'libexec', 'scripts', '../bin', '../scripts'].map((part) =>
    join(directory, part),
  )
  const mariadbd = findIn(directories, 'mariadbd')
  const installDb = findIn(directories, 'mariadb-install-db')
  if (mariadbd !== undefined && installDb !== undefined)
    return { mariadbd, installDb, basedir: dirname(dirname(mariadbd)) }
  const name = mariadbd === undefined ? 'mariadbd' : 'mariadb-install-db'
  throw new DbtoolError('SERVER_FAILED', `DBTOOL_MARIADBD is ${given}, but ${name} was not found there`)
}

function findIn(directories: readonly string[], name: string): string | undefined {
  return directories.map((directory) => join(directory, name)).find((path) => isFile(path) && isExecutable(path))
}

/** Never throws: a PATH may contain directories that this user cannot enter. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function missing(name: string): DbtoolError {
  const advice = adviceFor('server', 'the MariaDB server package of your system')
  return new DbtoolError('SERVER_FAILED', `MariaDB is not installed here (no ${name} was found); install ${advice}`)
}
