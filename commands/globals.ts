import type { Command } from 'commander'
import type { Invocation, Io } from '../src/context.ts'
import { sslModes } from '../src/db/target.ts'
import { maskedUrl, urlParts } from '../src/connection-url.ts'
import { DbtoolError } from '../src/errors.ts'
import { colourChoices, formats, type ColourChoice, type Format } from '../src/output/choices.ts'
import { settingTable, type SettingName } from '../src/settings.ts'
import { parseChoice } from '../src/values.ts'
import { saidOfConnection, type ConnectionFlags } from './connection-flags.ts'
import { chainOf, pathOf, value } from './flags.ts'
import { GlobalOption } from './global-option.ts'

interface GlobalFlags extends ConnectionFlags {
  format?: Format
  json?: true
  color?: ColourChoice
  raw?: true
  quiet?: true
  verbose?: true
  sql?: true
  input?: boolean
}

function option(flags: string, description: string, parse?: (text: string) => unknown): GlobalOption {
  const made = new GlobalOption(flags, description)
  return parse === undefined ? made : made.argParser(parse)
}

const groups = (): readonly [heading: string, ...options: GlobalOption[]][] => [
  [
    'Where to connect:',
    option('--url <url>', 'mariadb://user@host:port/database', checked(urlParts)),
    option('--host <host>', 'name or address of the server', setting('DB_HOST')),
    option('--port <port>', 'its port', setting('DB_PORT')),
    option('--user <name>', 'who logs in; stands before a verb with its own --user'),
    option('--database <name>', 'the database to work in'),
    option('--socket <path>', 'unix socket, instead of host and port'),
    option('--password-file <file>', 'file that holds the password; - is standard input'),
    option('--ask-password', 'ask for the password'),
    option('--ssl-mode <mode>', sslModes.join(', '), setting('DB_SSL_MODE')),
    option('--ssl-ca <file>', 'certificate of the authority to trust'),
    option('--env-file <file>', 'read DB_… variables from this file instead of .env'),
    option('--profile <name>', 'a target of .dbtool.json or ~/.config/dbtool/config.json'),
    option('--defaults-file <file>', 'take what this my.cnf says for clients'),
    option('--confirm <database>', 'name of a protected database, instead of typing it when asked'),
    option('--password [value]', '', refusePassword).hideHelp(),
  ],
  [
    'What comes out:',
    option('--format <format>', formats.join(', '), value(parseChoice(formats))),
    option('--json', 'as --format json; errors too, and nothing is asked'),
    option('--raw', 'CSV cells as they are, also those that a spreadsheet would run'),
    option('--color <when>', colourChoices.join(', '), value(parseChoice(colourChoices))),
    option('-q, --quiet', 'only data and errors'),
    option('-v, --verbose', 'show the cause of an error, and what is tried again'),
    option('--sql', 'show every statement and its time'),
    option('--no-input', 'never ask'),
  ],
]

/** Refuses what the configuration would refuse, together with every other fault of the command line; it stays text. */
const checked = (parse: (text: string) => unknown): ((text: string) => string) =>
  value((text) => {
    parse(text)
    return text
  })
const setting = (name: SettingName): ((text: string) => string) => checked(settingTable('')[name].parse)

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
  for (const one of inherited) if (!own.has(one.long) && (one.short === undefined || !own.has(one.short))) command.addOption(one)
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
export async function invocationOf(command: Command, { env, stdout, stderr, signal }: Io): Promise<Invocation> {
  const { Output } = await import('../src/output/output.ts')
  const flags = globalFlags(command)
  const format = flags.json === true ? 'json' : flags.format
  const raw = flags.raw === true
  const out = new Output({ stdout, stderr, env, format, colour: flags.color ?? 'auto', quiet: flags.quiet === true, raw, signal })
  const { url = '' } = flags
  if (maskedUrl(url) !== url) out.warn('everybody on this machine can read the password in --url; use --ask-password, --password-file or DB_PASSWORD')
  return {
    command: pathOf(command),
    out,
    ...saidOfConnection(flags),
    noInput: flags.input === false || format === 'json',
    sql: flags.sql === true,
    verbose: flags.verbose === true,
    rawCells: raw,
  }
}
