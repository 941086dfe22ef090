import { Option, type Command } from 'commander'
import type { Invocation, Io } from '../src/context.ts'
import { sslModes } from '../src/db/target.ts'
import { DbtoolError } from '../src/errors.ts'
import { colourChoices, type ColourChoice } from '../src/output/colour.ts'
import { formats, type Format } from '../src/output/formats.ts'
import { Output } from '../src/output/output.ts'
import { parseChoice } from '../src/values.ts'
import { chainOf, pathOf, value } from './flags.ts'

interface GlobalFlags {
  url?: string
  host?: string
  port?: string
  user?: string
  database?: string
  socket?: string
  passwordFile?: string
  askPassword?: true
  sslMode?: string
  sslCa?: string
  envFile?: string
  format?: Format
  json?: true
  color?: ColourChoice
  quiet?: true
  verbose?: true
  sql?: true
  input?: boolean
}

/** Marks the flags that every command takes, to tell `--user` of the connection from the `--user` of an order. */
class GlobalOption extends Option {}

function option(flags: string, description: string, parse?: (text: string) => unknown): Option {
  const made = new GlobalOption(flags, description)
  return parse === undefined ? made : made.argParser(parse)
}

const groups = (): readonly [heading: string, ...options: Option[]][] => [
  [
    'Where to connect:',
    option('--url <url>', 'mariadb://user@host:port/database'),
    option('--host <host>', 'name or address of the server'),
    option('--port <port>', 'its port'),
    option('--user <name>', 'who logs in (before a verb that has a --user of its own)'),
    option('--database <name>', 'the database to work in'),
    option('--socket <path>', 'unix socket, instead of host and port'),
    option('--password-file <file>', 'file that holds the password; - is standard input'),
    option('--ask-password', 'ask for the password'),
    option('--ssl-mode <mode>', sslModes.join(', ')),
    option('--ssl-ca <file>', 'certificate of the authority to trust'),
    option('--env-file <file>', 'read DB_… variables from this file instead of .env'),
    option('--password [value]', '', refusePassword).hideHelp(),
  ],
  [
    'What comes out:',
    option('--format <format>', formats.join(', '), value(parseChoice(formats))),
    option('--json', 'the same as --format json; errors are JSON too, and nothing is asked'),
    option('--color <when>', colourChoices.join(', '), value(parseChoice(colourChoices))),
    option('-q, --quiet', 'only data and errors'),
    option('-v, --verbose', 'show the cause of an error'),
    option('--sql', 'show every statement and its time'),
    option('--no-input', 'never ask'),
  ],
]

/** Options may stand before the noun, between, and after the verb; a verb's own flag of the same name goes first. */
export function declareGlobals(program: Command): void {
  for (const [heading, ...options] of groups()) {
    program.optionsGroup(heading)
    for (const one of options) program.addOption(one)
  }
  program.optionsGroup('Other:')
  for (const command of program.commands) inherit(command)
}

function inherit(command: Command): void {
  const own = new Set(command.options.flatMap(({ short, long }) => [short, long]))
  const inherited = groups().flatMap(([, ...options]) => options)
  for (const one of inherited) if (!own.has(one.long) && (one.short === undefined || !own.has(one.short))) command.addOption(one.hideHelp())
  for (const verb of command.commands) inherit(verb)
}

function refusePassword(): never {
  throw new DbtoolError('USAGE', 'a password on the command line can be read by everybody on this machine', { hint: 'use --ask-password, --password-file or DB_PASSWORD' })
}

/** The nearest to the verb wins. */
function globalFlags(command: Command): GlobalFlags {
  const flags: Record<string, unknown> = {}
  for (const one of chainOf(command).reverse()) {
    const given = one.options.filter((option) => option instanceof GlobalOption).map((option) => option.attributeName())
    for (const name of given) if (one.getOptionValueSource(name) === 'cli') flags[name] = one.getOptionValue(name)
  }
  return flags
}

/** What the flags of a parsed command say. */
export function invocationOf(command: Command, { env, stdout, stderr }: Io): Invocation {
  const flags = globalFlags(command)
  const format = flags.json === true ? 'json' : (flags.format ?? 'table')
  const fromStdin = flags.passwordFile === '-'
  return {
    command: pathOf(command),
    out: new Output({ stdout, stderr, env, format, colour: flags.color ?? 'auto', quiet: flags.quiet === true }),
    connection: {
      DB_URL: flags.url,
      DB_HOST: flags.host,
      DB_PORT: flags.port,
      DB_USER: flags.user,
      DB_NAME: flags.database,
      DB_SOCKET: flags.socket,
      DB_PASSWORD_FILE: fromStdin ? undefined : flags.passwordFile,
      DB_SSL_MODE: flags.sslMode,
      DB_SSL_CA: flags.sslCa,
    },
    envFile: flags.envFile,
    askPassword: flags.askPassword === true,
    passwordFromStdin: fromStdin,
    noInput: flags.input === false || format === 'json',
    sql: flags.sql === true,
  }
}

/** For errors, which may come before the command line is understood. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.some((argument, index) => argument === '--json' || argument === '--format=json' || (argument === '--format' && argv[index + 1] === 'json'))
}

