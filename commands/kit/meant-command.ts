import type { Command } from 'commander'
import { nearest } from '../../src/nearest.ts'
import { chainOf } from './flags.ts'

const names = (command: Command): string[] => command.commands.map((subcommand) => subcommand.name())

/**
 * Suggests a command for a word that is none: a similar name, or the nouns that have such a verb. Returns one sentence,
 * or nothing.
 */
export function meantCommand(here: Command, word: string): string[] {
  const program = chainOf(here).at(-1) ?? here
  const near =
    joined(program, word) ??
    synonym(here, word) ??
    names(here).find((name) => word.length > 1 && name.startsWith(word)) ??
    nearest(word, names(here))
  if (near !== undefined) return [`did you mean ${near}?`]
  const verb = nearest(word, program.commands.flatMap(names))
  const nouns = program.commands
    .filter((noun) => verb !== undefined && names(noun).includes(verb))
    .map((noun) => noun.name())
  const [first] = nouns
  return first === undefined || verb === undefined
    ? []
    : [`${verb} is a verb of ${nouns.join(', ')}, as in: dbtool ${first} ${verb};`]
}

/** The names of the verbs in other tools. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  ls: ['list'],
  show: ['get', 'list', 'status'],
  view: ['get'],
  describe: ['get'],
  cat: ['get'],
  add: ['create'],
  new: ['create'],
  insert: ['create'],
  edit: ['update'],
  set: ['update'],
  rm: ['delete', 'remove'],
  remove: ['delete'],
  del: ['delete', 'remove'],
  delete: ['remove'],
  login: ['authenticate'],
  passwd: ['set-password'],
  run: ['stress', 'start'],
  up: ['start'],
  down: ['stop'],
}

function synonym(here: Command, word: string): string | undefined {
  if (here.parent === null && word === 'version') return '--version'
  return Object.hasOwn(elsewhere, word) ? elsewhere[word]?.find((name) => names(here).includes(name)) : undefined
}

/** `users.list` and similar forms of other tools. */
function joined(program: Command, word: string): string | undefined {
  const [noun = '', verb = ''] = word.split(/[.:/]/)
  const known = program.commands.find((command) => command.name() === noun)
  return known !== undefined && names(known).includes(verb) ? `${noun} ${verb}` : undefined
}
