import type { Command } from 'commander'
import type { Invocation, Io } from '../../src/context/context.ts'
import { Stopwatch } from '../../src/context/stopwatch.ts'
import { sslModes } from '../../src/db/target.ts'
import { urlParts } from '../../src/connection-url.ts'
import { DbtoolError } from '../../src/errors.ts'
import { settingTable, type SettingName } from '../../src/settings.ts'
import { maskedUrl } from '../../src/values.ts'
import { connectionOverrides, type ConnectionFlags } from './connection-flags.ts'
import { maskedLine } from './mask-arguments.ts'
import { chainOf, choicesOf, Fault, pathOf, value } from './flags.ts'
import { changesData, GlobalOption, option } from './command.ts'
import { outputFaults, outputFor, outputGroups, type OutputFlags } from './output-flags.ts'

interface GlobalFlags extends OutputFlags, ConnectionFlags {
  verbose?: true
  sql?: true
  timing?: true
  input?: boolean
}

/** The flags that every command takes. */
export const globalGroups = (): readonly [heading: string, ...options: GlobalOption[]][] => [
  [
    'Connection:',
    option('--url <url>', 'mariadb://user@host:port/database', checked(urlParts)),
    option('--host <host>', 'name or address of the server, or several: a,b:3307', setting('DB_HOST')),
    option('--port <port>', 'port of the server', setting('DB_PORT')),
    option('--target <role>', 'writer, reader or any: which of several servers', setting('DB_TARGET')),
    option('--user <name>', 'database user; place it before a verb with its own --user'),
    option('--database <name>', 'name of the database'),
    option('--socket <path>', 'path of a unix socket, instead of host and port'),
    option('--password-file <file>', 'file with the password; - is standard input'),
    option('--ask-password', 'ask for the password'),
    option('--ssl-mode <mode>', sslModes.join(', '), setting('DB_SSL_MODE')),
    option('--ssl-ca <file>', 'certificate of the trusted authority'),
    option('--ssl-cert <file>', 'certificate of this client'),
    option('--ssl-key <file>', 'private key of that certificate'),
    option('--tls-version <list>', 'TLS versions to accept, with commas', setting('DB_TLS_VERSION')),
    option('--env-file <file>', 'read DB_… variables from this file instead of .env'),
    option('--profile <name>', 'target from .dbtool.json or ~/.config/dbtool/config.json'),
    option('--defaults-file <file>', 'read the client settings of this my.cnf file'),
    option('--confirm <database>', 'name of the protected database, instead of a prompt'),
    option('--password [value]', '', refusePassword).hideHelp(),
  ],
  ...outputGroups(),
]

/** Checks a value by the rule of its setting, so that all faults are reported together. The value stays a text. */
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

/** Adds the global flags to the root. They may come before the noun, before the verb, or after it. */
export function declareGlobals(program: Command): void {
  for (const [heading, ...options] of globalGroups()) {
    program.optionsGroup(heading)
    for (const globalOption of options) program.addOption(globalOption)
  }
  program.optionsGroup('Other:')
}

/**
 * Adds the global flags to a noun and to those of its verbs that `argv` can mean. A verb's own flag of the same name
 * takes precedence. Each command stores its own values.
 */
export function inheritGlobals(
  command: Command,
  argv?: readonly string[],
  options = globalGroups().flatMap(([, ...all]) => all),
): void {
  const own = new Set(command.options.flatMap(({ short, long }) => [short, long]))
  for (const globalOption of options) {
    const { short, long } = globalOption
    if (!own.has(long) && (short === undefined || !own.has(short))) command.addOption(globalOption)
  }
  for (const verb of command.commands)
    if (argv === undefined || argv.includes(verb.name())) inheritGlobals(verb, argv, options)
}

function refusePassword(): never {
  throw new DbtoolError('USAGE', 'everybody on this machine can read a password on the command line', {
    hint:
      'for the database: --ask-password, --password-file or DB_PASSWORD; ' +
      'for a user of the shop: --password-stdin, or no flag for a prompt',
  })
}

/**
 * The global flags of a command line; the value nearest to the verb wins. Invalid values are absent: see {@link
 * faultsOf}.
 */
function globalFlags(command: Command): GlobalFlags {
  const flags: Record<string, unknown> = {}
  for (const link of chainOf(command).reverse()) {
    const names = link.options
      .filter((option) => option instanceof GlobalOption)
      .map((option) => option.attributeName())
    for (const name of names)
      if (link.getOptionValueSource(name) === 'cli' && !(link.getOptionValue(name) instanceof Fault))
        flags[name] = link.getOptionValue(name)
  }
  return flags
}

/** A sentence for each conflict of the global flags, with each other or with the verb. */
export function globalFaults(command: Command): Promise<string[]> {
  return outputFaults(command, globalFlags(command))
}

/** Converts the global flags of a parsed command to an invocation. Rejects with USAGE on conflicting flags. */
export async function invocationOf(command: Command, argv: readonly string[], io: Io): Promise<Invocation> {
  const flags = globalFlags(command)
  const out = await outputFor(command, flags, io)
  const { url = '' } = flags
  if (maskedUrl(url) !== url)
    out.securityWarning(
      'everybody on this machine can read the password in --url',
      'use --ask-password, --password-file or DB_PASSWORD',
    )
  return {
    command: pathOf(command),
    line: maskedLine(argv),
    out,
    ...connectionOverrides(flags),
    noInput: flags.input === false || flags.json === true || flags.format === 'json',
    sql: flags.sql === true,
    verbose: flags.verbose === true,
    stopwatch: flags.timing === true ? new Stopwatch(io.startedMs) : undefined,
    rawCells: flags.raw === true,
    force: flags.force === true,
    fileMode: flags.mode,
    changesData: changesData(command),
  }
}
