import type { Command } from 'commander'
import { nearest } from '../../src/nearest.ts'
import { chainOf } from './flags.ts'

const names = (command: Command): string[] => command.commands.map((one) => one.name())

/**
 * What was meant by a word that is no command here: one that is near, or the nouns that have such a verb. As a
 * sentence, if any.
 */
export function meantCommand(here: Command, word: string): string[] {
  const program = chainOf(here).at(-1) ?? here
  const near =
    joined(program, word) ??
    sameThing(here, word) ??
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

/** As other tools call it. */
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

function sameThing(here: Command, word: string): string | undefined {
  if (here.parent === null && word === 'version') return '--version'
  return Object.hasOwn(elsewhere, word) ? elsewhere[word]?.find((name) => names(here).includes(name)) : undefined
}

/** `users.list`, as other tools write it. */
function joined(program: Command, word: string): string | undefined {
  const [noun = '', verb = ''] = word.split(/[.:/]/)
  const known = program.commands.find((one) => one.name() === noun)
  return known !== undefined && names(known).includes(verb) ? `${noun} ${verb}` : undefined
}
