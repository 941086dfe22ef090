import type { Argument, Command, Option } from 'commander'
import { fieldNames } from '../../src/output/fields.ts'
import { DbtoolCommand } from '../kit/command.ts'
import { chainOf, choicesOf } from '../kit/flags.ts'

export interface Candidate {
  readonly value: string
  readonly about: string
}

/** The candidates at the position of the cursor. */
export interface Answer {
  /** The fixed beginning of the word at the cursor, such as `--format=` or `id,`; each candidate comes after it. */
  readonly prefix: string
  readonly offered: readonly Candidate[] | 'files' | 'profiles'
}

interface Position {
  readonly command: Command
  /** The flag whose value comes next. */
  readonly option: Option | undefined
  /** The number of arguments of the verb before the cursor. */
  readonly arguments: number
}

const offer = (offered: Answer['offered'], prefix = ''): Answer => ({ prefix, offered })
const plain = (values: readonly string[]): Candidate[] => values.map((value) => ({ value, about: '' }))
const commandsOf = (parent: Command): Candidate[] =>
  parent.commands.map((command) => ({ value: command.name(), about: command.description() }))

/** All candidates for the last of `words`, whatever its beginning. Reads neither files nor a database. */
export function candidates(program: Command, words: readonly string[]): Answer {
  // `help` completes like the command line after it.
  if (words[0] === 'help' && words.length > 2) return candidates(program, words.slice(1))
  // bash passes redirections as words.
  if (/^\d*(?:<|>>?)$/.test(words.at(-2) ?? '')) return offer('files')
  const last = words.at(-1) ?? ''
  const {
    command,
    option,
    arguments: before,
  } = words.slice(0, -1).reduce(step, { command: program, option: undefined, arguments: 0 })
  if (option !== undefined) return valuesOf(option, command, last)
  const [, flag = '', typed = ''] = /^(--[^=]*)=(.*)$/s.exec(last) ?? []
  if (flag !== '') {
    const known = optionOf(command, flag)
    const { prefix, offered } = known === undefined ? offer([]) : valuesOf(known, command, typed)
    return offer(offered, `${flag}=${prefix}`)
  }
  if (last.startsWith('-')) return offer(optionsOf(command))
  if (command.commands.length > 0) return offer(commandsOf(command))
  return offer(argumentOf(command.registeredArguments[before], program))
}

function step({ command, option, arguments: before }: Position, word: string): Position {
  if (option !== undefined) return { command, option: undefined, arguments: before }
  if (word.startsWith('-')) {
    const known = word.includes('=') ? undefined : optionOf(command, word)
    return {
      command,
      option: known !== undefined && (known.required || known.optional) ? known : undefined,
      arguments: before,
    }
  }
  const next = command.commands.find((subcommand) => subcommand.name() === word)
  return next === undefined
    ? { command, option: undefined, arguments: before + 1 }
    : { command: next, option: undefined, arguments: 0 }
}

function optionOf(command: Command, word: string): Option | undefined {
  return chainOf(command)
    .flatMap(({ options }) => options)
    .find(({ short, long }) => word === short || word === long)
}

function optionsOf(command: Command): Candidate[] {
  const visible = command.options.filter(({ hidden, long }) => !hidden && long !== undefined)
  return [
    ...visible.map(({ long, description }) => ({ value: long ?? '', about: description })),
    { value: '--help', about: 'show help, with examples' },
  ]
}

function valuesOf(option: Option, command: Command, typed: string): Answer {
  if (option.long === '--profile') return offer('profiles')
  if (/<(file|path)>/.test(option.flags)) return offer('files')
  if (/<\w+=file>/.test(option.flags))
    return typed.includes('=') ? offer('files', typed.slice(0, typed.indexOf('=') + 1)) : offer([])
  if (option.long === '--field') return offer(plain(namesOf(command)))
  if (option.long === '--fields') return furtherOf(namesOf(command), typed)
  return offer(plain(choicesOf(option.parseArg)))
}

/** The field names of the verb's view. */
function namesOf(command: Command): string[] {
  const view = command instanceof DbtoolCommand ? command.view?.(command.opts()) : undefined
  return view === undefined ? [] : fieldNames(view)
}

/** Completes the last name of a list such as `id,username`, without the names that are typed already. */
function furtherOf(names: readonly string[], typed: string): Answer {
  const prefix = typed.slice(0, typed.lastIndexOf(',') + 1)
  return offer(plain(names.filter((name) => !prefix.split(',').includes(name))), prefix)
}

function argumentOf(argument: Argument | undefined, program: Command): Answer['offered'] {
  if (argument === undefined) return []
  if (argument.name() === 'file' || argument.name() === 'folder') return 'files'
  if (argument.name() === 'words') return commandsOf(program)
  return plain(choicesOf(argument.parseArg))
}
