import type { Command, Help, Option } from 'commander'
import type { Io } from '../src/context.ts'
import { pathOf } from './flags.ts'
import { GlobalOption } from './global-option.ts'

const widthInPipes = 80

/** Help goes where commander sends it, but through our streams. */
export function configureHelp(program: Command, { stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>): void {
  program.configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHelpWidth: () => stdout.columns ?? widthInPipes,
    getErrHelpWidth: () => stderr.columns ?? widthInPipes,
  })
  program.configureHelp({ formatHelp, optionDescription })
}

type Entry = readonly [term: string, description: string]

/** The root reads like a table of contents: nouns with their verbs. Flags that every command takes stand there only. */
function formatHelp(command: Command, helper: Help): string {
  const options = helper.visibleOptions(command).filter((option) => command.parent === null || !(option instanceof GlobalOption))
  const page = [
    ...blocks([['Arguments:', command.registeredArguments.map((one) => [helper.argumentTerm(one), one.description])]], helper),
    ...blocks(grouped(command.commands, (one) => one.helpGroup() || 'Verbs:', (one) => entryOf(one, helper)), helper),
    ...blocks(grouped(options, (one) => one.helpGroupHeading ?? 'Options:', (one) => [helper.optionTerm(one), helper.optionDescription(one)]), helper),
  ]
  const description = helper.boxWrap(command.description(), helper.helpWidth ?? widthInPipes)
  return [`Usage: ${usageOf(command)}`, '', description, ...page, ''].join('\n')
}

export function usageOf(command: Command): string {
  if (command.parent === null) return 'dbtool [options] <noun> <verb> [arguments] [options]'
  const operands = command.commands.length > 0 ? ['<verb>', '[arguments]'] : command.registeredArguments.map((one) => `[${one.name()}]`)
  return ['dbtool', pathOf(command), ...operands, '[options]'].join(' ')
}

function entryOf(command: Command, helper: Help): Entry {
  if (command.commands.length > 0) return [command.name(), command.commands.map((verb) => verb.name()).join(', ')]
  return [helper.subcommandTerm(command).replace(' [options]', ''), command.description()]
}

function grouped<T>(things: readonly T[], groupOf: (thing: T) => string, entryFor: (thing: T) => Entry): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>()
  for (const thing of things) groups.set(groupOf(thing), [...(groups.get(groupOf(thing)) ?? []), entryFor(thing)])
  return [...groups]
}

/** Headings with their entries; what stands in one call is aligned. */
function blocks(groups: readonly [heading: string, entries: readonly Entry[]][], helper: Help): string[] {
  const width = Math.max(0, ...groups.flatMap(([, entries]) => entries.map(([term]) => term.length)))
  const lines = (entries: readonly Entry[]): string[] => entries.map(([term, description]) => helper.formatItem(term, width, description, helper))
  return groups.flatMap(([heading, entries]) => (entries.length === 0 ? [] : ['', heading, ...lines(entries)]))
}

/** A default is shown as it would be typed. */
function optionDescription({ description, defaultValue, defaultValueDescription }: Option): string {
  const typed = defaultValueDescription ?? (typeof defaultValue === 'number' || typeof defaultValue === 'string' ? String(defaultValue) : undefined)
  return typed === undefined ? description : `${description} (default: ${typed})`
}

/** Examples below a verb's help; each line is run by a test. A long one goes on below itself, and can still be copied. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => folded(`  $ ${line}`)).join('\n')}\n\nWhere to connect and what comes out: see dbtool --help`
}

const continued = ' '.repeat(5)

/** Breaks before a flag, as a shell understands it. */
function folded(line: string): string {
  const last = widthInPipes - ' \\'.length
  const at = line.length > widthInPipes ? line.lastIndexOf(' --', last) : -1
  return at < continued.length ? line : `${line.slice(0, at)} \\\n${folded(`${continued}${line.slice(at)}`)}`
}
