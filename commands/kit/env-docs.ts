import { exitCodes, type ErrorCode } from '../../src/errors.ts'
import { settingNames, settingTable, type SettingName } from '../../src/settings.ts'
import type { Entry } from './help.ts'

/** What each variable means, for the help and the manual; one without a meaning does not compile. */
const settings: Readonly<Record<SettingName, string>> = {
  DB_HOST: 'name or address of the server',
  DB_PORT: 'its port',
  DB_SOCKET: 'unix socket, instead of host and port',
  DB_NAME: 'the database to work in',
  DB_USER: 'who logs in',
  DB_PASSWORD: 'the password',
  DB_PASSWORD_FILE: 'file that holds the password',
  DB_CHARSET: 'utf8mb4 and nothing else',
  DB_SSL_MODE: 'disabled, preferred, required, verify-fingerprint, verify-ca or verify-identity',
  DB_SSL_CA: 'certificate of the authority to trust',
  DB_SSL_CERT: 'certificate of this client',
  DB_SSL_KEY: 'private key of that certificate',
  DB_TLS_VERSION: 'TLS versions to accept, with commas',
  DB_POOL_SIZE: 'connections that a pool keeps',
  DB_MAX_OVERFLOW: 'connections beyond those, closed after use',
  DB_POOL_TIMEOUT: 'how long to wait for a connection',
  DB_POOL_RECYCLE: 'age at which a connection is replaced',
  DB_CONNECT_TIMEOUT: 'how long connecting and logging in may take',
  DB_STATEMENT_TIMEOUT: 'how long one statement may run',
  DB_PROTECTED: '1: what destroys or changes much there needs the name of the database, typed or by --confirm',
  DB_READ_ONLY: '1: nothing is changed there',
}

/** With their defaults; `osUser` is what stands for the name of the user. */
export function settingEntries(osUser: string): Entry[] {
  const table = settingTable(osUser)
  return settingNames.map((name) => {
    const { fallback = '' } = table[name]
    return [name, `${settings[name]}${fallback === '' ? '' : ` (default: ${fallback})`}`]
  })
}

export const otherVariables: readonly Entry[] = [
  ['DB_URL', 'mariadb://user@host:port/database, instead of the single ones'],
  ['DBTOOL_PROFILE', 'a target of .dbtool.json or ~/.config/dbtool/config.json, as --profile'],
  ['DBTOOL_HOME', 'where everything is that dbtool keeps, the private server among it'],
  ['DBTOOL_MARIADBD', 'the mariadbd of the private server, if it is not on the PATH'],
  ['DBTOOL_NO_INPUT, CI', 'set to anything: nothing is asked, as with --no-input'],
  ['DBTOOL_NO_HINTS', 'set: no hints about what to do next'],
  ['DBTOOL_PAGER, PAGER', 'what shows a table that is longer than the screen; cat or nothing: no pager'],
  ['NO_COLOR', 'set: no colour; FORCE_COLOR asks for it'],
  ['TERM', 'dumb: no colour, no menu, and lines are drawn in ASCII'],
  ['LC_ALL', 'or LC_CTYPE, or LANG: with another character set than UTF-8, lines are drawn in ASCII'],
  ['XDG_CONFIG_HOME', 'instead of ~/.config'],
  ['XDG_DATA_HOME', 'instead of ~/.local/share'],
  [
    'XDG_CACHE_HOME',
    'instead of ~/.cache, where compiled code is kept for the next start, unless NODE_DISABLE_COMPILE_CACHE=1',
  ],
]

type Exit = (typeof exitCodes)[ErrorCode] | 0

/** As docs/exit-codes.md says it; an exit code without a meaning does not compile. */
export const exits: Readonly<Record<Exit, string>> = {
  0: 'done, also for an empty list',
  1: 'a failure of no other kind, such as a read-only database, or `db check` or `doctor` found a fault',
  2: 'usage: bad flag, setting or file, or a value missing with nobody to ask',
  3: 'the user answered no',
  4: 'cannot connect or log in, or the connection was lost',
  5: 'not found',
  6: 'conflict: duplicate, still referenced, out of stock, key with other content, illegal status change, wrong password, a shop that is not empty, a table of a migration is already there',
  7: 'bulk work done in part',
  8: 'migrations pending, half-run, or newer than this dbtool',
  9: 'outcome unknown: the connection died and the server could not be asked again',
  99: 'a `--threshold` was not kept',
  129: 'SIGHUP',
  130: 'SIGINT',
  143: 'SIGTERM',
}

/** With the codes that a JSON error has, in brackets. */
export function exitEntries(): Entry[] {
  const codes = Object.entries(exitCodes)
  return Object.entries(exits).map(([exit, about]) => {
    const named = codes.filter(([, one]) => String(one) === exit).map(([code]) => code)
    return [exit, `${about.replaceAll('`', '')}${named.length === 0 ? '' : ` (${named.join(', ')})`}`]
  })
}
