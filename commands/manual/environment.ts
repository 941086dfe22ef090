import { exitCodes, type ErrorCode } from '../../src/errors.ts'
import { settingNames, settingTable, type SettingName } from '../../src/settings.ts'
import type { Term } from './told.ts'

/** What the manual says of each variable; a variable without an entry does not compile. */
const aboutSettings: Readonly<Record<SettingName, string>> = {
  DB_HOST: 'name or address of the server',
  DB_PORT: 'its port',
  DB_SOCKET: 'unix socket, instead of host and port',
  DB_NAME: 'the database to work in',
  DB_USER: 'who logs in',
  DB_PASSWORD: 'the password',
  DB_PASSWORD_FILE: 'file that holds the password',
  DB_CHARSET: 'utf8mb4 and nothing else',
  DB_SSL_MODE: 'disabled, preferred, required, verify-ca or verify-identity',
  DB_SSL_CA: 'certificate of the authority to trust',
  DB_POOL_SIZE: 'connections that a pool keeps',
  DB_MAX_OVERFLOW: 'connections that it opens beyond that, on demand',
  DB_POOL_TIMEOUT: 'how long getting a connection from it may take',
  DB_POOL_RECYCLE: 'how old a connection may become',
  DB_CONNECT_TIMEOUT: 'how long connecting and logging in may take',
  DB_STATEMENT_TIMEOUT: 'how long a statement may take',
  DB_PROTECTED: '1: what destroys or changes much there needs the name of the database, typed or by --confirm',
  DB_READ_ONLY: '1: nothing is changed there',
}

export function settingTerms(): Term[] {
  const table = settingTable('the name of the user of the operating system')
  return settingNames.map((name) => {
    const { fallback = '' } = table[name]
    return { term: name, about: `${aboutSettings[name]}${fallback === '' ? '' : ` (default: ${fallback})`}` }
  })
}

export const otherVariables: readonly Term[] = [
  { term: 'DB_URL', about: 'mariadb://user@host:port/database, instead of the single ones' },
  { term: 'DBTOOL_PROFILE', about: 'a target of .dbtool.json or ~/.config/dbtool/config.json' },
  { term: 'DBTOOL_HOME', about: 'where everything is that dbtool keeps, the private server among it' },
  { term: 'DBTOOL_NO_INPUT, CI', about: 'set to anything: nothing is asked' },
  { term: 'DBTOOL_PAGER, PAGER', about: 'what shows a table that is longer than the screen; cat or nothing: no pager' },
  { term: 'DBTOOL_MARIADBD', about: 'the mariadbd of the private server, if it is not on the PATH' },
  { term: 'FORCE_COLOR, NO_COLOR, TERM', about: 'whether there is colour; TERM=dumb has none, and draws with ASCII' },
  { term: 'LC_ALL, LC_CTYPE, LANG', about: 'a character set other than UTF-8: ASCII is drawn with' },
  { term: 'XDG_CONFIG_HOME, XDG_DATA_HOME', about: 'instead of ~/.config and ~/.local/share' },
]

export const files: readonly Term[] = [
  { term: '.env', about: 'variables of the project, in the current folder; another one with --env-file' },
  { term: '.dbtool.json', about: 'profiles of the project, in the current folder or the nearest one above' },
  { term: '~/.config/dbtool/config.json', about: 'your own profiles' },
  { term: '~/.local/share/dbtool/server', about: 'the private server; of root: /var/lib/dbtool/server' },
]

type Exit = (typeof exitCodes)[ErrorCode] | 0

/** As docs/exit-codes.md says it. */
export const exits: Readonly<Record<Exit, string>> = {
  0: 'done, also for an empty list',
  1: 'unexpected failure, or `db check` or `doctor` found a fault',
  2: 'usage: bad flag, setting or file, or a value missing with nobody to ask',
  3: 'the user answered no',
  4: 'cannot connect or log in, or the connection was lost',
  5: 'not found',
  6: 'conflict: duplicate, still referenced, out of stock, key with other content, illegal status change, wrong password, a shop that is not empty, a table of a migration is already there',
  7: 'bulk work done in part',
  8: 'migrations pending, half-run, or newer than this dbtool',
  9: 'outcome unknown: the connection died and the server could not be asked again',
  99: 'a `--threshold` was not kept',
  130: 'SIGINT',
  143: 'SIGTERM',
}

/** With the codes that a JSON error has. */
export function exitTerms(): Term[] {
  const codes = Object.entries(exitCodes)
  return Object.entries(exits).map(([exit, about]) => {
    const named = codes.filter(([, one]) => String(one) === exit).map(([code]) => code)
    return { term: exit, about: `${about.replaceAll('`', '')}${named.length === 0 ? '' : ` (${named.join(', ')})`}` }
  })
}
