import { exitCodes, type ErrorCode } from '../../src/errors.ts'
import { settingNames, settingTable, type SettingName } from '../../src/settings.ts'
import type { Entry } from './help.ts'

/** Reference text of each variable, for the help and the manual; a variable without one does not compile. */
const settings: Readonly<Record<SettingName, string>> = {
  DB_HOST: 'name or address of the server, or several in order of preference: a,b:3307',
  DB_PORT: 'port of the server, and of each host without its own',
  DB_TARGET: 'writer, reader or any; writer if there are several hosts, any if there is one',
  DB_SOCKET: 'path of a unix socket, instead of host and port',
  DB_NAME: 'name of the database',
  DB_USER: 'database user',
  DB_PASSWORD: 'password of the database user',
  DB_PASSWORD_FILE: 'file with the password',
  DB_CHARSET: 'character set; only utf8mb4 is accepted',
  DB_SSL_MODE: 'disabled, preferred, required, verify-fingerprint, verify-ca or verify-identity',
  DB_SSL_CA: 'certificate of the trusted authority',
  DB_SSL_CERT: 'certificate of this client',
  DB_SSL_KEY: 'private key of that certificate',
  DB_TLS_VERSION: 'TLS versions to accept, with commas',
  DB_POOL_SIZE: 'number of connections that the pool keeps open',
  DB_MAX_OVERFLOW: 'extra connections on demand, closed after use',
  DB_POOL_TIMEOUT: 'maximum acquire wait for a connection',
  DB_POOL_RECYCLE: 'maximum age of a connection before it is replaced',
  DB_CONNECT_TIMEOUT: 'time limit for connecting and logging in',
  DB_STATEMENT_TIMEOUT: 'time limit for one statement',
  DB_PROTECTED: '1: risky commands require the database name, typed or with --confirm',
  DB_READ_ONLY: '1: reject every change',
  DB_CURRENCY: 'currency of the shop (ISO 4217), shown in tables: EUR',
}

/** Entries with their defaults; `osUser` stands for the name of the user. */
export function settingEntries(osUser: string): Entry[] {
  const table = settingTable(osUser)
  return settingNames.map((name) => {
    const { fallback = '' } = table[name]
    return [name, `${settings[name]}${fallback === '' ? '' : ` (default: ${fallback})`}`]
  })
}

export const otherVariables: readonly Entry[] = [
  ['DB_URL', 'mariadb://user@host:port/database, instead of single variables'],
  ['DBTOOL_PROFILE', 'profile from .dbtool.json or ~/.config/dbtool/config.json, as --profile'],
  ['DBTOOL_HOME', 'folder for all data of dbtool, such as the private server'],
  ['DBTOOL_MARIADBD', 'path of mariadbd for the private server, if not on the PATH'],
  ['DBTOOL_NO_INPUT, CI', 'not empty: no prompts, as with --no-input'],
  ['DBTOOL_NO_HINTS', 'not empty: no hints about the next step'],
  ['DBTOOL_PAGER, PAGER', 'pager for tables longer than the screen; cat or empty: no pager'],
  ['NO_COLOR', 'not empty: no colour; FORCE_COLOR turns it on'],
  ['TERM', 'dumb: no colour, no menu, and ASCII lines'],
  ['LC_ALL', 'or LC_CTYPE, or LANG: a character set other than UTF-8 means ASCII lines'],
  ['XDG_CONFIG_HOME', 'configuration folder, instead of ~/.config'],
  ['XDG_DATA_HOME', 'data folder, instead of ~/.local/share'],
  ['XDG_CACHE_HOME', 'cache folder for compiled code, instead of ~/.cache; unused with NODE_DISABLE_COMPILE_CACHE=1'],
]

type Exit = (typeof exitCodes)[ErrorCode] | 0

/** The texts of docs/exit-codes.md; an exit code without a text does not compile. */
export const exits: Readonly<Record<Exit, string>> = {
  0: 'success, also for an empty list',
  1:
    'any other failure, such as a read-only database, or a fault found by `db check`, `doctor`, `cluster status` or ' +
    '`cluster check`',
  2:
    'usage error (invalid flag, setting or file), or a missing value without a prompt; ' +
    '`cluster status`: no server accepts writes; `cluster check`: a host was not compared',
  3: 'confirmation declined',
  4: 'connecting or logging in failed, the connection was lost, or the node has left its cluster',
  5: 'not found',
  6:
    'conflict: duplicate, referenced, out of stock, key conflict, illegal status change, ' +
    'wrong password, too large, shop not empty, table of a migration exists, failover refused',
  7: 'bulk operation partly done',
  8: 'migrations pending, half-run, or newer than this dbtool',
  9: 'outcome unknown: the connection died and the server could not be asked again',
  99: 'a `--threshold` failed',
  129: 'SIGHUP',
  130: 'SIGINT',
  143: 'SIGTERM',
}

/** Entries with the codes of JSON errors in brackets. */
export function exitEntries(): Entry[] {
  const codes = Object.entries(exitCodes)
  return Object.entries(exits).map(([exit, about]) => {
    const named = codes.filter(([, one]) => String(one) === exit).map(([code]) => code)
    return [exit, `${about.replaceAll('`', '')}${named.length === 0 ? '' : ` (${named.join(', ')})`}`]
  })
}
