import { exitCodes, type ErrorCode } from '../src/errors.ts'
import { formats, type Format } from '../src/output/choices.ts'
import { settingTable, type SettingName } from '../src/settings.ts'
import { globalGroups } from './globals.ts'
import type { Entry } from './help.ts'
import type { Topic } from './topic.ts'

type ExitCode = 0 | (typeof exitCodes)[ErrorCode]

/** Complete by its type: a new exit code does not compile without a meaning. */
const meanings: Readonly<Record<ExitCode, string>> = {
  0: 'done, also for an empty list',
  1: 'unexpected failure, or a check found a fault',
  2: 'wrong flag, setting or file, or a value missing with nobody to ask',
  3: 'the user answered no',
  4: 'cannot connect or log in, or the connection was lost',
  5: 'not found',
  6: 'conflict with what is there',
  7: 'bulk work done in part',
  8: 'the schema is not the one of this dbtool',
  9: 'outcome unknown: the connection died, and nobody could be asked again',
  99: 'a --threshold was not kept',
  130: 'Ctrl-C',
  143: 'SIGTERM',
}

const settings: Readonly<Record<SettingName, string>> = {
  DB_HOST: 'name or address of the server',
  DB_PORT: 'its port',
  DB_SOCKET: 'unix socket, instead of host and port',
  DB_NAME: 'the database to work in',
  DB_USER: 'who logs in',
  DB_PASSWORD: 'the password',
  DB_PASSWORD_FILE: 'file that holds the password',
  DB_CHARSET: 'character set of the connection',
  DB_SSL_MODE: 'whether TLS is used, and what is verified',
  DB_SSL_CA: 'certificate of the authority to trust',
  DB_POOL_SIZE: 'connections that a pool keeps',
  DB_MAX_OVERFLOW: 'connections beyond those, closed after use',
  DB_POOL_TIMEOUT: 'how long to wait for a connection',
  DB_POOL_RECYCLE: 'age at which a connection is replaced',
  DB_CONNECT_TIMEOUT: 'how long to wait for the server',
  DB_STATEMENT_TIMEOUT: 'how long one statement may run',
  DB_PROTECTED: '1: what destroys or changes much asks for the name of the database',
  DB_READ_ONLY: '1: nothing is changed',
}

const others: readonly Entry[] = [
  ['DB_URL', 'mariadb://user@host:port/database, instead of single variables'],
  ['DBTOOL_PROFILE', 'the profile to use, as --profile'],
  ['DBTOOL_HOME', 'where the private server and its data are kept'],
  ['DBTOOL_MARIADBD', 'the server program for the private server'],
  ['DBTOOL_PAGER', 'the pager, before PAGER; empty: none'],
  ['DBTOOL_NO_INPUT', 'set: nothing is asked, as with --no-input; CI does the same'],
  ['DBTOOL_NO_HINTS', 'set: no hints about what to do next'],
  ['NO_COLOR', 'set: no colours; FORCE_COLOR asks for them'],
]

const kinds: Readonly<Record<Format, string>> = {
  table: 'for people; the default',
  vertical: 'each row as a block of lines, for wide rows',
  json: 'an array, or one object; errors are objects too',
  ndjson: 'one object a line',
  csv: 'with a header, for spreadsheets',
  tsv: 'with tabs, for cut and awk',
  markdown: 'a table to paste into a page',
  ids: 'the ids alone, for xargs',
  count: 'how many there are',
}

const precedence: readonly Entry[] = [
  ['1', 'flags: --url, --host …'],
  ['2', 'the profile named by --profile, then the file of --defaults-file'],
  ['3', 'DB_… variables of the environment, then the profile of DBTOOL_PROFILE'],
  ['4', 'DB_… variables of .env, or of --env-file'],
  ['5', 'the default profile of .dbtool.json'],
  ['6', 'the private server of dbtool server start, while it runs'],
  ['7', 'defaults: localhost:3306'],
]

export const topics: Readonly<Record<string, () => Topic>> = {
  connecting: () => ({
    about: 'Where dbtool connects to, and as whom',
    text: 'With a private server (dbtool server start) nothing needs to be said. Otherwise the first of these that says it counts; dbtool config show tells which one did.',
    groups: [['What counts first:', precedence], ...flagsOf('Where to connect:')],
    examples: ['dbtool connection test --url mariadb://ada@db.example.com/shop', 'dbtool config show', 'dbtool users list --profile staging'],
  }),
  formats: () => ({
    about: 'What comes out, and how',
    text: 'Data goes to standard output, everything for a person to standard error. Money is text with two decimals, times are ISO 8601 in UTC.',
    groups: [['--format:', formats.map((format): Entry => [format, kinds[format]])], ...flagsOf('What comes out:', 'What people see:')],
    examples: ['dbtool users list --json --fields id,email', 'dbtool orders list --format csv -o orders.csv', 'dbtool products list --field sku'],
  }),
  environment: () => ({
    about: 'The variables that dbtool reads',
    text: 'DB_… variables may also stand in .env. Durations are 250ms, 5s, 1m; a bare number is seconds.',
    groups: [['The database:', Object.entries(settingTable('the user of this system')).map(settingEntry)], ['More:', others]],
    examples: ['dbtool config show', 'dbtool users list --env-file staging.env'],
  }),
  'exit-codes': () => ({
    about: 'What the exit code says',
    text: 'With --json, the error on standard error has one of the codes in brackets. They are never renamed.',
    groups: [['Exit codes:', Object.entries(meanings).map(([code, meaning]): Entry => [code, meaning + codesOf(Number(code))])]],
    examples: ['dbtool users get ada --json', 'dbtool db status --quiet'],
  }),
}

function settingEntry([name, { fallback, secret }]: [string, { fallback: string | undefined; secret?: boolean }]): Entry {
  const typed = fallback === undefined || secret === true ? '' : ` (default: ${fallback})`
  return [name, `${settings[name as SettingName]}${typed}`]
}

function codesOf(exitCode: number): string {
  const codes = Object.entries(exitCodes).filter(([, one]) => one === exitCode).map(([code]) => code)
  return codes.length === 0 ? '' : ` (${codes.join(', ')})`
}

function flagsOf(...headings: readonly string[]): [string, Entry[]][] {
  return globalGroups()
    .filter(([heading]) => headings.includes(heading))
    .map(([heading, ...options]) => [heading, options.filter(({ hidden }) => !hidden).map(({ flags, description }): Entry => [flags, description])])
}
