import type { Command, Help, Option } from 'commander'
import type { View } from '../../src/output/view.ts'
import { DbtoolCommand, GlobalOption } from '../kit/command.ts'
import { pathOf } from '../kit/flags.ts'
import { usageOf } from '../kit/help.ts'

/** A flag or an argument, with its description. */
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
  /** The sections of the help between the options and the examples. */
  readonly notes: readonly Note[]
  /** As the help shows them; a long example takes several lines. */
  readonly examples: readonly string[]
  /** The default view, and the view with each flag that changes it. */
  readonly views: readonly ViewDocs[]
}

/** A section of the help: a list of terms, or text. */
export interface Note {
  readonly heading?: string
  readonly terms: readonly Term[]
  readonly text: string
}

/** The columns of a view. */
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

/** The documentation of the complete command line. */
export interface CommandDocs {
  readonly about: string
  readonly nouns: readonly Noun[]
  /** The flags that every command takes. */
  readonly flags: readonly { readonly heading: string; readonly options: readonly Term[] }[]
}

/** Builds the documentation from a program in which every noun is declared. */
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
  const { notes, examples } = footerOf(verb)
  return {
    path: pathOf(verb),
    usage: usageOf(verb),
    about: verb.description(),
    args: verb.registeredArguments.map((arg) => ({
      term: help.argumentTerm(arg),
      about: help.argumentDescription(arg),
    })),
    options: help
      .visibleOptions(verb)
      .filter((option) => !(option instanceof GlobalOption) && option.long !== '--help')
      .map((option) => termOf(option, help)),
    notes,
    examples,
    views: viewDocs(verb),
  }
}

const termOf = (option: Option, help: Help): Term => ({
  term: help.optionTerm(option),
  about: help.optionDescription(option),
})

/** The help below the options, as wide as in a pipe. Its last line names the topics, for all verbs alike. */
function footerOf(command: Command): Pick<Verb, 'notes' | 'examples'> {
  const written: string[] = []
  command.configureOutput({
    ...command.configureOutput(),
    writeOut: (text) => void written.push(text),
    getOutHelpWidth: () => 80,
  })
  command.outputHelp()
  const blocks = written.slice(1).join('').trim().split('\n\n').slice(0, -1)
  const isExamples = (block: string): boolean => block.startsWith('Examples:\n')
  return {
    notes: blocks.filter((block) => !isExamples(block)).map(noteOf),
    examples: blocks.filter(isExamples).flatMap(examplesIn),
  }
}

const examplesIn = (block: string): string[] =>
  block
    .split(/\n {2}\$ /)
    .slice(1)
    .map((example) => example.replace(/\n {2}/g, '\n'))

/** A line such as `  fair    dbtool's pool` starts a term; its continuation is indented further. */
function noteOf(block: string): Note {
  const [, heading, body = block] = /^([^\n]+):\n( {2}.*)$/s.exec(block) ?? []
  const lines = body.replace(/\n {3,}/g, ' ').split('\n')
  const terms = lines.map((line) => /^ {2}(\S+) {2,}(\S.*)$/.exec(line))
  const areTerms = terms.every((term) => term !== null)
  return {
    ...(heading === undefined ? {} : { heading }),
    terms: areTerms ? terms.map(([, term = '', about = '']) => ({ term, about })) : [],
    text: areTerms ? '' : body.replace(/\s+/g, ' ').trim(),
  }
}

/** The view without flags, and the view with each switch that changes it. */
function viewDocs(verb: Command): ViewDocs[] {
  if (!(verb instanceof DbtoolCommand) || verb.view === undefined) return []
  const { view } = verb
  const plain = namesOf(view(verb.opts()))
  const switches = verb.options.filter((option) => option.isBoolean() && !(option instanceof GlobalOption))
  const switched = switches.map((option) => ({
    flag: option.long ?? option.flags,
    ...namesOf(view({ ...verb.opts(), [option.attributeName()]: true })),
  }))
  return [plain, ...switched.filter((docs) => JSON.stringify({ ...docs, flag: undefined }) !== JSON.stringify(plain))]
}

function namesOf({ columns, nested }: View): ViewDocs {
  const below =
    nested === undefined ? [] : [{ name: nested.name, columns: nested.view.columns.map(({ name }) => name) }]
  return { columns: columns.map(({ name }) => name), nested: below }
}
