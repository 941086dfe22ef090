import type { Command } from 'commander'
import type { Invocation, Io } from '../../src/context/context.ts'
import { Stopwatch } from '../../src/context/stopwatch.ts'
import { sslModes } from '../../src/db/target.ts'
import { maskedUrl, urlParts } from '../../src/connection-url.ts'
import { DbtoolError } from '../../src/errors.ts'
import { settingTable, type SettingName } from '../../src/settings.ts'
import { connectionOverrides, type ConnectionFlags } from './connection-flags.ts'
import { chainOf, choicesOf, Fault, pathOf, value } from './flags.ts'
import { GlobalOption, option } from './command.ts'
import { outputFaults, outputFor, outputGroups, type OutputFlags } from './output-flags.ts'

interface GlobalFlags extends OutputFlags, ConnectionFlags {
  verbose?: true
  sql?: true
  timing?: true
  input?: boolean
}

/** Every flag that each command takes. */
export const globalGroups = (): readonly [heading: string, ...options: GlobalOption[]][] => [
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
    option('--ssl-cert <file>', 'certificate of this client'),
    option('--ssl-key <file>', 'private key of that certificate'),
    option('--tls-version <list>', 'TLS versions to accept, with commas', setting('DB_TLS_VERSION')),
    option('--env-file <file>', 'read DB_… variables from this file instead of .env'),
    option('--profile <name>', 'a target of .dbtool.json or ~/.config/dbtool/config.json'),
    option('--defaults-file <file>', 'take what this my.cnf says for clients'),
    option('--confirm <database>', 'name of a protected database, instead of typing it when asked'),
    option('--password [value]', '', refusePassword).hideHelp(),
  ],
  ...outputGroups(),
]

/** Refuses what the configuration would refuse, together with every other fault of the command line; it stays text. */
const checked = (parse: (text: string) => unknown): ((text: string) => string) =>
  value(
    Object.assign(
      (text: string) => {
        parse(text)
        return text
      },
      { choices: choicesOf(parse) },
    ),
  )
const setting = (name: SettingName): ((text: string) => string) => checked(settingTable('')[name].parse)

/** Options may stand before the noun, between, and after the verb; a verb's own flag of the same name goes first. */
export function declareGlobals(program: Command): void {
  for (const [heading, ...options] of globalGroups()) {
    program.optionsGroup(heading)
    for (const one of options) program.addOption(one)
  }
  program.optionsGroup('Other:')
}

/** The same ones for a noun and those of its verbs that may be meant by `argv`, each of which has values of its own. */
export function inheritGlobals(
  command: Command,
  argv?: readonly string[],
  options = globalGroups().flatMap(([, ...all]) => all),
): void {
  const own = new Set(command.options.flatMap(({ short, long }) => [short, long]))
  for (const one of options)
    if (!own.has(one.long) && (one.short === undefined || !own.has(one.short))) command.addOption(one)
  for (const verb of command.commands)
    if (argv === undefined || argv.includes(verb.name())) inheritGlobals(verb, argv, options)
}

function refusePassword(): never {
  throw new DbtoolError('USAGE', 'a password on the command line can be read by everybody on this machine', {
    hint: 'for the database: --ask-password, --password-file or DB_PASSWORD; for a user of the shop: --password-stdin, or leave it out to be asked',
  })
}

/** The nearest to the verb wins. What broke its rule is not there: {@link faultsOf} tells it. */
function globalFlags(command: Command): GlobalFlags {
  const flags: Record<string, unknown> = {}
  for (const one of chainOf(command).reverse()) {
    const given = one.options.filter((option) => option instanceof GlobalOption).map((option) => option.attributeName())
    for (const name of given)
      if (one.getOptionValueSource(name) === 'cli' && !(one.getOptionValue(name) instanceof Fault))
        flags[name] = one.getOptionValue(name)
  }
  return flags
}

/** What of the flags of a parsed command does not go together with the others, or with the verb. */
export function globalFaults(command: Command): Promise<string[]> {
  return outputFaults(command, globalFlags(command))
}

/** What the flags of a parsed command say. */
export async function invocationOf(command: Command, io: Io): Promise<Invocation> {
  const flags = globalFlags(command)
  const out = await outputFor(flags, io)
  const { url = '' } = flags
  if (maskedUrl(url) !== url)
    out.warn(
      'everybody on this machine can read the password in --url; use --ask-password, --password-file or DB_PASSWORD',
    )
  return {
    command: pathOf(command),
    out,
    ...connectionOverrides(flags),
    noInput: flags.input === false || flags.json === true || flags.format === 'json',
    sql: flags.sql === true,
    verbose: flags.verbose === true,
    stopwatch: flags.timing === true ? new Stopwatch(io.startedMs) : undefined,
    rawCells: flags.raw === true,
  }
}
