import type { AddHelpTextContext, Command, Help, Option } from 'commander'
import type { Io } from '../../src/context/context.ts'
import { pathOf } from './flags.ts'
import { GlobalOption } from './command.ts'

/** The width without a terminal, in columns. */
export const helpWidth = 80
const narrowestDescription = 20

/** Sends the help of commander through the streams of `io`. */
export function configureHelp(program: Command, io: Pick<Io, 'stdout' | 'stderr'>): void {
  program.configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    getOutHelpWidth: () => io.stdout.columns || helpWidth,
    getErrHelpWidth: () => io.stderr.columns || helpWidth,
  })
  program.configureHelp({ formatHelp, optionDescription, minWidthToWrap: narrowestDescription })
}

export type Entry = readonly [term: string, description: string]

/** The global flags on the first page of the help; the topics list all of them. */
const firstPageFlags = [
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
 * Formats the help. The root page is a table of contents: nouns with their verbs. Global flags appear there and in the
 * topics only.
 */
function formatHelp(command: Command, helper: Help): string {
  const isRoot = command.parent === null
  const options = helper
    .visibleOptions(command)
    .filter((option) => (isRoot ? firstPageFlags.includes(option.long ?? '') : !(option instanceof GlobalOption)))
  const page = [
    ...blocks(
      [['Arguments:', command.registeredArguments.map((arg) => [helper.argumentTerm(arg), arg.description])]],
      helper,
    ),
    ...blocks(
      grouped(
        command.commands,
        (subcommand) => subcommand.helpGroup() || 'Verbs:',
        (subcommand) => entryOf(subcommand, helper),
      ),
      helper,
    ),
    ...blocks(
      grouped(
        options,
        (option) => (isRoot ? 'Common options:' : (option.helpGroupHeading ?? 'Options:')),
        (option) => [helper.optionTerm(option), helper.optionDescription(option)],
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
      : command.registeredArguments.map((arg) => `[${arg.name()}${arg.variadic ? '...' : ''}]`)
  return ['dbtool', pathOf(command), ...operands, '[options]'].join(' ')
}

function entryOf(command: Command, helper: Help): Entry {
  if (command.commands.length > 0) return [command.name(), command.commands.map((verb) => verb.name()).join(' ')]
  // The first page shows the same text whether or not the verb is loaded.
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

/** Headings with their entries, aligned across all groups of one call. */
export function blocks(
  groups: readonly (readonly [heading: string, entries: readonly Entry[]])[],
  helper: Help,
): string[] {
  const width = Math.max(0, ...groups.flatMap(([, entries]) => entries.map(([term]) => term.length)))
  const lines = (entries: readonly Entry[]): string[] =>
    entries.map(([term, description]) => helper.formatItem(term, width, description, helper))
  return groups.flatMap(([heading, entries]) => (entries.length === 0 ? [] : ['', heading, ...lines(entries)]))
}

/** The description of an option, with its default as a user would type it. */
function optionDescription({ description, defaultValue, defaultValueDescription }: Option): string {
  const typed =
    defaultValueDescription ??
    (typeof defaultValue === 'number' || typeof defaultValue === 'string' ? String(defaultValue) : undefined)
  return typed === undefined ? description : `${description} (default: ${typed})`
}

/** A section below the flags of a verb: a text or a list of terms, perhaps below a heading. */
export type Note = string | readonly [heading: string, body: string | readonly Entry[]]

type Footer = (context: AddHelpTextContext) => string

/** Examples for the end of a verb's help; a test runs each line. */
export const examples = (...lines: readonly string[]): Footer => footer([], ...lines)

/** The help below the flags of a verb, as wide as the terminal: notes, and then examples. */
export function footer(notes: readonly Note[], ...lines: readonly string[]): Footer {
  return ({ command, error }) => {
    const output = command.configureOutput()
    const width = (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? helpWidth
    const helper = command.createHelp()
    helper.prepareContext({ helpWidth: width })
    const commands = lines.map((line) => exampleLine(line, width)).join('\n')
    const topics = 'Connection: dbtool help connecting\nOutput: dbtool help formats'
    return ['', ...notes.map((note) => `${noteText(note, helper)}\n`), `Examples:\n${commands}\n`, topics].join('\n')
  }
}

function noteText(note: Note, helper: Help): string {
  const width = helper.helpWidth ?? helpWidth
  if (typeof note === 'string') return helper.boxWrap(note, width)
  const [heading, body] = note
  if (typeof body !== 'string')
    return blocks([[heading, body]], helper)
      .join('\n')
      .trimStart()
  return `${heading}\n${helper.boxWrap(body, width - indent.length).replace(/^/gm, indent)}`
}

const indent = ' '.repeat(2)
const continued = ' '.repeat(5)

/** A command line to copy, which continues on the next line if it is too long. */
export const exampleLine = (line: string, width: number): string => folded(`${indent}$ ${line}`, width)

/** Breaks a line before a flag, with the backslash that a shell needs. */
function folded(line: string, width: number): string {
  const last = width - ' \\'.length
  const at = line.length > width ? line.lastIndexOf(' --', last) : -1
  return at <= continued.length ? line : `${line.slice(0, at)} \\\n${folded(`${continued}${line.slice(at)}`, width)}`
}
