import type { Command, Option } from 'commander'
import type { Io } from '../../src/context/context.ts'
import { InvalidValue } from '../../src/errors.ts'
import {
  type ColourChoice,
  colourChoices,
  type Format,
  formatOfFile,
  formats,
  isStandardOutput,
} from '../../src/output/choices.ts'
import type { Destination } from '../../src/output/destination.ts'
import type { Output } from '../../src/output/output.ts'
import type { View } from '../../src/output/view.ts'
import { parseChoice, quoteValue } from '../../src/values.ts'
import { DbtoolCommand, FileOption, type GlobalOption, option } from './command.ts'
import { value } from './flags.ts'

/** The global flags for the output. */
export interface OutputFlags {
  readonly format?: Format
  readonly json?: true
  readonly fields?: string[]
  readonly field?: string
  readonly output?: string
  readonly force?: true
  readonly mode?: number
  readonly raw?: true
  readonly utc?: true
  readonly color?: ColourChoice
  readonly pager?: boolean
  readonly quiet?: true
}

export const outputGroups = (): readonly [heading: string, ...options: GlobalOption[]][] => [
  [
    'Output:',
    option('--format <format>', formats.join(', '), value(parseChoice(formats))),
    option('--json', 'same as --format json; JSON errors, and no prompts'),
    option('--fields <a,b>', 'only these columns, in this order', value(parseFields)),
    option('--field <name>', 'the values of one column, without names', value(parseField)),
    option('-o, --output <file>', 'write to a file, all or nothing; --force replaces it', value(parsePath)),
    option('--force', '').hideHelp(),
    option('--mode <octal>', 'permissions of the files it writes, such as 640', value(parseMode)),
    option('--utc', 'show and read times in UTC on a terminal, too'),
    option('--raw', 'leave cells unchanged, even those a spreadsheet would run'),
  ],
  [
    'Messages:',
    option('--color <when>', colourChoices.join(', '), value(parseChoice(colourChoices))),
    option('--no-pager', 'no pager for output longer than the screen'),
    option('-q, --quiet', 'print only data and errors'),
    option('-v, --verbose', 'show the cause of an error, and retries'),
    option('--sql', 'show every statement and its time'),
    option('--timing', 'show the total time, and the time in the database'),
    option('--no-input', 'never prompt'),
  ],
]

/** `id,username`. */
function parseFields(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes(''))
    throw new InvalidValue(`must be names with commas between them, such as id,username, not ${quoteValue(text)}`)
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined) throw new InvalidValue(`names ${quoteValue(twice)} twice`)
  return names
}

function parseField(text: string): string {
  if (text === '' || text.includes(','))
    throw new InvalidValue(`must be one name, not ${quoteValue(text)}; --fields takes several`)
  return text
}

function parsePath(text: string): string {
  if (text === '') throw new InvalidValue('must be a file, or - for standard output')
  return isStandardOutput(text) ? '-' : text
}

/** Permissions in octal digits, as chmod takes them. */
function parseMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text))
    throw new InvalidValue(`must be three octal digits such as 640, not ${quoteValue(text)}`)
  return Number.parseInt(text, 8)
}

/** `--json` overrides `--format`. */
function formatGiven({ json, format }: OutputFlags): Format | undefined {
  return json === true ? 'json' : format
}

/** A sentence for each conflict between these flags, and for each field that the verb does not show. */
export async function outputFaults(command: Command, flags: OutputFlags): Promise<string[]> {
  const { fields, field, force, mode, output = '-' } = flags
  const format = formatGiven(flags)
  if (output === '-' && [fields, field, force, mode].every((flag) => flag === undefined)) return []
  const instead = command instanceof DbtoolCommand ? command.insteadOfOutput?.(command.args) : undefined
  const conflicts: readonly (readonly [given: boolean, sentence: string])[] = [
    [fields !== undefined && field !== undefined, '--field and --fields exclude each other'],
    [
      field !== undefined && format !== undefined && format !== 'json' && format !== 'ndjson',
      `--field prints bare values, and works only with --format json or ndjson, not ${format ?? ''}`,
    ],
    [
      fields !== undefined && (format === 'ids' || format === 'count'),
      `--fields does not apply to --format ${format ?? ''}`,
    ],
    [output !== '-' && instead !== undefined, `--output does not apply here: ${instead ?? ''}`],
    [force === true && !writesFile(command, flags), '--force needs a file, such as that of --output'],
    [mode !== undefined && !writesFile(command, flags), '--mode needs a file, such as that of --output'],
  ]
  return [...conflicts.filter(([given]) => given).map(([, sentence]) => sentence), ...(await unknown(command, flags))]
}

/** Whether the command line names a file to write. */
function writesFile(command: Command, { output = '-' }: OutputFlags): boolean {
  const isGiven = (flag: Option): boolean => command.getOptionValue(flag.attributeName()) !== undefined
  const isFlag = command.options.some((flag) => flag instanceof FileOption && isGiven(flag))
  const { insteadOfOutput } = command instanceof DbtoolCommand ? command : {}
  const isArgument = insteadOfOutput !== undefined && insteadOfOutput(command.args) === undefined
  return output !== '-' || isFlag || isArgument
}

const viewOf = (command: Command): View | undefined =>
  command instanceof DbtoolCommand ? command.view?.(command.opts(), command.args) : undefined

async function unknown(command: Command, { fields, field }: OutputFlags): Promise<string[]> {
  const view = viewOf(command)
  if (view === undefined) return []
  const { unknownFields } = await import('../../src/output/fields.ts')
  const faults = (flag: string, names: readonly string[]): string[] =>
    unknownFields(view, names).map((fault) => `${flag} ${fault}`)
  return [...faults('--fields', fields ?? []), ...faults('--field', field === undefined ? [] : [field])]
}

/** Resolves to the output of a command. Rejects with USAGE if the file of `--output` exists or cannot be written. */
export async function outputFor(command: Command, flags: OutputFlags, io: Io): Promise<Output> {
  const { Output } = await import('../../src/output/output.ts')
  const { stdout, stderr, env, signal } = io
  const { field, fields, color = 'auto', quiet, raw, utc, output = '' } = flags
  const format = formatGiven(flags) ?? formatOfFile(output)
  const json = formatGiven(flags) === 'json'
  return new Output({
    stdout,
    stderr,
    env,
    signal,
    format,
    json,
    colour: json ? 'never' : color,
    destination: await destinationFor(flags, io, command),
    fields: field === undefined ? fields : [field],
    isBare: field !== undefined,
    quiet: quiet === true,
    raw: raw === true,
    isUtc: utc === true,
  })
}

async function destinationFor(
  flags: OutputFlags,
  { stdout: screen, cwd, env, signal }: Io,
  command: Command,
): Promise<Destination | undefined> {
  const { output = '-', force, field } = flags
  const format = formatGiven(flags) ?? 'table'
  if (output !== '-') {
    const { OutputFile } = await import('../../src/output/file.ts')
    const mode = flags.mode ?? ((await mayBePersonal(command)) ? 0o600 : undefined)
    return OutputFile.open({ path: output, cwd, force: force === true, mode })
  }
  const isForPeople = field === undefined && (format === 'table' || format === 'vertical')
  // Only the terminal of the process itself can be handed to a pager.
  if (!isForPeople || screen.isTTY !== true || screen.fd === undefined || flags.pager === false) return undefined
  const { PagedScreen, pagerCommand } = await import('../../src/output/pager.ts')
  const pager = pagerCommand(env)
  return pager === undefined ? undefined : new PagedScreen({ screen, command: pager, env, signal })
}

async function mayBePersonal(command: Command): Promise<boolean> {
  if (command instanceof DbtoolCommand && command.isOfAnyShape) return true
  const view = viewOf(command)
  return view !== undefined && (await import('./personal.ts')).isPersonal(view)
}
