import type { Argument, Command, Option } from 'commander'
import { fieldNames } from '../../src/output/fields.ts'
import { DbtoolCommand } from '../command.ts'
import { chainOf, choicesOf } from '../flags.ts'

export interface Candidate {
  readonly value: string
  readonly about: string
}

/** What can stand where the cursor is. */
export type Answer = readonly Candidate[] | 'files' | 'profiles'

interface Position {
  readonly command: Command
  /** The flag whose value comes next. */
  readonly option: Option | undefined
  /** How many arguments of the verb there are before. */
  readonly arguments: number
}

const plain = (values: readonly string[]): Candidate[] => values.map((value) => ({ value, about: '' }))

/** All that may stand for the last of `words`, whatever it begins with. Touches neither files nor a database. */
export function candidates(program: Command, words: readonly string[]): Answer {
  // Help is about what could be typed without it.
  if (words[0] === 'help' && words.length > 2) return candidates(program, words.slice(1))
  const last = words.at(-1) ?? ''
  const { command, option, arguments: before } = words.slice(0, -1).reduce(step, { command: program, option: undefined, arguments: 0 })
  if (option !== undefined) return valuesOf(option, command, last)
  const [flag = ''] = last.split('=')
  if (last.startsWith('--') && last.includes('=')) {
    const known = optionOf(command, flag)
    return known === undefined ? [] : valuesOf(known, command, last.slice(`${flag}=`.length))
  }
  if (last.startsWith('-')) return optionsOf(command)
  if (command.commands.length > 0) return command.commands.map((one) => ({ value: one.name(), about: one.description() }))
  return argumentOf(command.registeredArguments[before], program)
}

function step({ command, option, arguments: before }: Position, word: string): Position {
  if (option !== undefined) return { command, option: undefined, arguments: before }
  if (word.startsWith('-')) {
    const known = word.includes('=') ? undefined : optionOf(command, word)
    return { command, option: known !== undefined && (known.required || known.optional) ? known : undefined, arguments: before }
  }
  const next = command.commands.find((one) => one.name() === word)
  return next === undefined ? { command, option: undefined, arguments: before + 1 } : { command: next, option: undefined, arguments: 0 }
}

function optionOf(command: Command, word: string): Option | undefined {
  return chainOf(command).flatMap(({ options }) => options).find(({ short, long }) => word === short || word === long)
}

function optionsOf(command: Command): Candidate[] {
  const shown = command.options.filter(({ hidden, long }) => !hidden && long !== undefined)
  return [...shown.map(({ long, description }) => ({ value: long ?? '', about: description })), { value: '--help', about: 'show help, with examples' }]
}

function valuesOf(option: Option, command: Command, typed: string): Answer {
  if (option.long === '--profile') return 'profiles'
  if (/<(file|path|folder)>/.test(option.flags)) return 'files'
  if (option.long === '--field' || option.long === '--fields') {
    const view = command instanceof DbtoolCommand ? command.view?.(command.opts()) : undefined
    const names = view === undefined ? [] : fieldNames(view)
    return plain(option.long === '--field' ? names : furtherOf(names, typed))
  }
  return plain(choicesOf(option.parseArg))
}

/** Each with the names that are typed before it, as in `id,username`; none twice. */
function furtherOf(names: readonly string[], typed: string): string[] {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1)
  return names.filter((name) => !before.split(',').includes(name)).map((name) => `${before}${name}`)
}

function argumentOf(argument: Argument | undefined, program: Command): Answer {
  if (argument === undefined) return []
  if (argument.name() === 'file') return 'files'
  if (argument.name() === 'words') return program.commands.map((one) => ({ value: one.name(), about: one.description() }))
  return plain(choicesOf(argument.parseArg))
}
