import type { Command, Help, Option } from 'commander'
import type { View } from '../../src/output/view.ts'
import { DbtoolCommand, GlobalOption } from '../kit/command.ts'
import { pathOf } from '../kit/flags.ts'
import { usageOf } from '../kit/help.ts'

/** What a page says of a word of the command line, and how it is written. */
export interface Term {
  readonly term: string
  readonly about: string
}

export interface Verb {
  readonly path: string
  readonly usage: string
  readonly about: string
  readonly args: readonly Term[]
  readonly options: readonly Term[]
  /** As the help shows them, a long one on several lines. */
  readonly examples: readonly string[]
  /** What it shows, and what it shows instead with a flag. */
  readonly views: readonly ViewDocs[]
}

/** The names of what a verb shows. */
export interface ViewDocs {
  readonly flag?: string
  readonly columns: readonly string[]
  readonly nested: readonly { readonly name: string; readonly columns: readonly string[] }[]
}

export interface Noun {
  readonly name: string
  readonly about: string
  readonly group: string
  readonly verbs: readonly Verb[]
}

/** The whole command line: of a program that has declared every noun. */
export interface CommandDocs {
  readonly about: string
  readonly nouns: readonly Noun[]
  /** The flags that every command takes. */
  readonly flags: readonly { readonly heading: string; readonly options: readonly Term[] }[]
}

export function describe(program: Command): CommandDocs {
  const help = program.createHelp()
  const visible = help.visibleOptions(program)
  const headings = new Set(visible.map(headingOf))
  return {
    about: program.description(),
    nouns: help.visibleCommands(program).map((noun) => ({
      name: noun.name(),
      about: noun.description(),
      group: bare(noun.helpGroup()),
      verbs: noun.commands.length === 0 ? [verbOf(noun)] : help.visibleCommands(noun).map(verbOf),
    })),
    flags: [...headings].map((heading) => ({
      heading: bare(heading),
      options: visible.filter((option) => headingOf(option) === heading).map((option) => termOf(option, help)),
    })),
  }
}

const headingOf = ({ helpGroupHeading = 'Other:' }: Option): string => helpGroupHeading
const bare = (heading: string): string => heading.replace(/:$/, '')

function verbOf(verb: Command): Verb {
  const help = verb.createHelp()
  return {
    path: pathOf(verb),
    usage: usageOf(verb),
    about: verb.description(),
    args: verb.registeredArguments.map((one) => ({
      term: help.argumentTerm(one),
      about: help.argumentDescription(one),
    })),
    options: help
      .visibleOptions(verb)
      .filter((one) => !(one instanceof GlobalOption) && one.long !== '--help')
      .map((one) => termOf(one, help)),
    examples: examplesOf(helpOf(verb)),
    views: viewDocs(verb),
  }
}

const termOf = (option: Option, help: Help): Term => ({
  term: help.optionTerm(option),
  about: help.optionDescription(option),
})

/** Into a text instead of on the screen, and as wide as in a pipe. */
function helpOf(command: Command): string {
  const lines: string[] = []
  command.configureOutput({
    ...command.configureOutput(),
    writeOut: (text) => void lines.push(text),
    getOutHelpWidth: () => 80,
  })
  command.outputHelp()
  return lines.join('')
}

function examplesOf(help: string): string[] {
  const [, block = ''] = /\nExamples:\n((?: {2}.*\n)+)/.exec(help) ?? []
  return block
    .split(/^ {2}\$ /m)
    .slice(1)
    .map((one) => one.trimEnd().replace(/\n {2}/g, '\n'))
}

/** Without flags, and with each switch that makes a difference. */
function viewDocs(verb: Command): ViewDocs[] {
  if (!(verb instanceof DbtoolCommand) || verb.view === undefined) return []
  const { view } = verb
  const asIs = namesOf(view(verb.opts()))
  const switches = verb.options.filter((one) => one.isBoolean() && !(one instanceof GlobalOption))
  const otherwise = switches.map((one) => ({
    flag: one.long ?? one.flags,
    ...namesOf(view({ ...verb.opts(), [one.attributeName()]: true })),
  }))
  return [asIs, ...otherwise.filter((one) => JSON.stringify({ ...one, flag: undefined }) !== JSON.stringify(asIs))]
}

function namesOf({ columns, nested }: View): ViewDocs {
  const below =
    nested === undefined ? [] : [{ name: nested.name, columns: nested.view.columns.map(({ name }) => name) }]
  return { columns: columns.map(({ name }) => name), nested: below }
}
