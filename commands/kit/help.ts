import type { Command, Help, Option } from 'commander'
import type { Io } from '../../src/context/context.ts'
import { pathOf } from './flags.ts'
import { GlobalOption } from './command.ts'

/** Where there is no terminal to ask. */
export const helpWidth = 80

/** Help goes where commander sends it, but through our streams. */
export function configureHelp(program: Command, io: Pick<Io, 'stdout' | 'stderr'>): void {
  program.configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    getOutHelpWidth: () => io.stdout.columns ?? helpWidth,
    getErrHelpWidth: () => io.stderr.columns ?? helpWidth,
  })
  program.configureHelp({ formatHelp, optionDescription })
}

export type Entry = readonly [term: string, description: string]

/** The flags of every command that the first page shows; the topics have them all. */
const often = [
  '--help',
  '--version',
  '--url',
  '--profile',
  '--format',
  '--json',
  '--output',
  '--quiet',
  '--verbose',
  '--no-input',
]

/**
 * The root reads like a table of contents: nouns with their verbs. Flags that every command takes stand there and in
 * the topics only.
 */
function formatHelp(command: Command, helper: Help): string {
  const isRoot = command.parent === null
  const options = helper
    .visibleOptions(command)
    .filter((option) => (isRoot ? often.includes(option.long ?? '') : !(option instanceof GlobalOption)))
  const page = [
    ...blocks(
      [['Arguments:', command.registeredArguments.map((one) => [helper.argumentTerm(one), one.description])]],
      helper,
    ),
    ...blocks(
      grouped(
        command.commands,
        (one) => one.helpGroup() || 'Verbs:',
        (one) => entryOf(one, helper),
      ),
      helper,
    ),
    ...blocks(
      grouped(
        options,
        (one) => (isRoot ? 'Options of every command, among others:' : (one.helpGroupHeading ?? 'Options:')),
        (one) => [helper.optionTerm(one), helper.optionDescription(one)],
      ),
      helper,
    ),
  ]
  const description = helper.boxWrap(command.description(), helper.helpWidth ?? helpWidth)
  return [`Usage: ${usageOf(command)}`, ...(isRoot ? [] : ['']), description, ...page, ''].join('\n')
}

export function usageOf(command: Command): string {
  if (command.parent === null) return 'dbtool [options] <noun> <verb> [arguments] [options]'
  const operands =
    command.commands.length > 0
      ? ['<verb>', '[arguments]']
      : command.registeredArguments.map((one) => `[${one.name()}${one.variadic ? '...' : ''}]`)
  return ['dbtool', pathOf(command), ...operands, '[options]'].join(' ')
}

function entryOf(command: Command, helper: Help): Entry {
  if (command.commands.length > 0) return [command.name(), command.commands.map((verb) => verb.name()).join(' ')]
  // On the first page, the same whether it was loaded or not.
  const isNoun = command.parent?.parent === null
  return [isNoun ? command.name() : helper.subcommandTerm(command).replace(' [options]', ''), command.description()]
}

function grouped<T>(
  things: readonly T[],
  groupOf: (thing: T) => string,
  entryFor: (thing: T) => Entry,
): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>()
  for (const thing of things) groups.set(groupOf(thing), [...(groups.get(groupOf(thing)) ?? []), entryFor(thing)])
  return [...groups]
}

/** Headings with their entries; what stands in one call is aligned. */
export function blocks(
  groups: readonly (readonly [heading: string, entries: readonly Entry[]])[],
  helper: Help,
): string[] {
  const width = Math.max(0, ...groups.flatMap(([, entries]) => entries.map(([term]) => term.length)))
  const lines = (entries: readonly Entry[]): string[] =>
    entries.map(([term, description]) => helper.formatItem(term, width, description, helper))
  return groups.flatMap(([heading, entries]) => (entries.length === 0 ? [] : ['', heading, ...lines(entries)]))
}

/** A default is shown as it would be typed. */
function optionDescription({ description, defaultValue, defaultValueDescription }: Option): string {
  const typed =
    defaultValueDescription ??
    (typeof defaultValue === 'number' || typeof defaultValue === 'string' ? String(defaultValue) : undefined)
  return typed === undefined ? description : `${description} (default: ${typed})`
}

/**
 * Examples below a verb's help; each line is run by a test. A long one goes on below itself, and can still be copied.
 */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => folded(`  $ ${line}`)).join('\n')}\n\nWhere to connect: dbtool help connecting; what comes out: dbtool help formats`
}

const continued = ' '.repeat(5)

/** Breaks before a flag, as a shell understands it. */
function folded(line: string): string {
  const last = helpWidth - ' \\'.length
  const at = line.length > helpWidth ? line.lastIndexOf(' --', last) : -1
  return at < continued.length ? line : `${line.slice(0, at)} \\\n${folded(`${continued}${line.slice(at)}`)}`
}
