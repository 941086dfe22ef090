import type { Command } from 'commander'
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
import { parseChoice, quoteValue } from '../../src/values.ts'
import { DbtoolCommand, type GlobalOption, option } from './command.ts'
import { value } from './flags.ts'

/** The global flags about what comes out. */
export interface OutputFlags {
  readonly format?: Format
  readonly json?: true
  readonly fields?: string[]
  readonly field?: string
  readonly output?: string
  readonly force?: true
  readonly raw?: true
  readonly color?: ColourChoice
  readonly pager?: boolean
  readonly quiet?: true
}

export const outputGroups = (): readonly [heading: string, ...options: GlobalOption[]][] => [
  [
    'What comes out:',
    option('--format <format>', formats.join(', '), value(parseChoice(formats))),
    option('--json', 'as --format json; errors too, and nothing is asked'),
    option('--fields <a,b>', 'only these columns, in this order', value(parseFields)),
    option('--field <name>', 'the values of one column, without names', value(parseField)),
    option('-o, --output <file>', 'into a file, complete or not at all; --force replaces one', value(parsePath)),
    option('--force', '').hideHelp(),
    option('--raw', 'cells as they are, also those that a spreadsheet would run'),
  ],
  [
    'What people see:',
    option('--color <when>', colourChoices.join(', '), value(parseChoice(colourChoices))),
    option('--no-pager', 'no pager for what is longer than the screen'),
    option('-q, --quiet', 'only data and errors'),
    option('-v, --verbose', 'show the cause of an error, and what is tried again'),
    option('--sql', 'show every statement and its time'),
    option('--timing', 'show how long it took, and the database of that'),
    option('--no-input', 'never ask'),
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

/** `--json` has the last word. */
function asked({ json, format }: OutputFlags): Format | undefined {
  return json === true ? 'json' : format
}

/** What of these flags does not go together, or names a field that the verb will not show. */
export async function outputFaults(command: Command, flags: OutputFlags): Promise<string[]> {
  const { fields, field, output, force } = flags
  const format = asked(flags)
  if (fields === undefined && field === undefined && force === undefined) return []
  const conflicts: readonly (readonly [given: boolean, sentence: string])[] = [
    [fields !== undefined && field !== undefined, '--field and --fields exclude each other'],
    [
      field !== undefined && format !== undefined && format !== 'json' && format !== 'ndjson',
      `--field prints bare values, and goes with --format json or ndjson, not ${format ?? ''}`,
    ],
    [
      fields !== undefined && (format === 'ids' || format === 'count'),
      `--fields has no meaning for --format ${format ?? ''}`,
    ],
    [force === true && (output ?? '-') === '-', '--force is for the file of --output, and there is none'],
  ]
  return [...conflicts.filter(([given]) => given).map(([, sentence]) => sentence), ...(await unknown(command, flags))]
}

async function unknown(command: Command, { fields, field }: OutputFlags): Promise<string[]> {
  const view = command instanceof DbtoolCommand ? command.view?.(command.opts()) : undefined
  if (view === undefined) return []
  const { unknownFields } = await import('../../src/output/fields.ts')
  const faults = (flag: string, names: readonly string[]): string[] =>
    unknownFields(view, names).map((fault) => `${flag} ${fault}`)
  return [...faults('--fields', fields ?? []), ...faults('--field', field === undefined ? [] : [field])]
}

/** Rejects with USAGE when the file of `--output` is there already, or cannot be written. */
export async function outputFor(flags: OutputFlags, io: Io): Promise<Output> {
  const { Output } = await import('../../src/output/output.ts')
  const { stdout, stderr, env, signal } = io
  const { field, fields, color = 'auto', quiet, raw, output = '' } = flags
  const format = asked(flags) ?? formatOfFile(output)
  const json = asked(flags) === 'json'
  return new Output({
    stdout,
    stderr,
    env,
    signal,
    format,
    json,
    colour: json ? 'never' : color,
    destination: await destinationFor(flags, io),
    fields: field === undefined ? fields : [field],
    isBare: field !== undefined,
    quiet: quiet === true,
    raw: raw === true,
  })
}

async function destinationFor(
  flags: OutputFlags,
  { stdout: screen, cwd, env, signal }: Io,
): Promise<Destination | undefined> {
  const { output = '-', force, pager, field } = flags
  const format = asked(flags) ?? 'table'
  if (output !== '-')
    return (await import('../../src/output/file.ts')).OutputFile.open({ path: output, cwd, force: force === true })
  const isForPeople = field === undefined && (format === 'table' || format === 'vertical')
  // Only the terminal of the process itself can be handed to a pager.
  if (!isForPeople || screen.isTTY !== true || screen.fd === undefined || pager === false) return undefined
  const { PagedScreen, pagerCommand } = await import('../../src/output/pager.ts')
  const command = pagerCommand(env)
  return command === undefined ? undefined : new PagedScreen({ screen, command, env, signal })
}
