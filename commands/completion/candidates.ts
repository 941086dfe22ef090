import type { Argument, Command, Option } from 'commander'
import { fieldNames } from '../../src/output/fields.ts'
import { DbtoolCommand } from '../kit/command.ts'
import { chainOf, choicesOf } from '../kit/flags.ts'

export interface Candidate {
  readonly value: string
  readonly about: string
}

/** What can stand where the cursor is. */
export interface Answer {
  /** What stays of the word before the cursor, as `--format=` or `id,`: what is offered comes after it. */
  readonly behind: string
  readonly offered: readonly Candidate[] | 'files' | 'profiles'
}

interface Position {
  readonly command: Command
  /** The flag whose value comes next. */
  readonly option: Option | undefined
  /** How many arguments of the verb there are before. */
  readonly arguments: number
}

const offer = (offered: Answer['offered'], behind = ''): Answer => ({ behind, offered })
const plain = (values: readonly string[]): Candidate[] => values.map((value) => ({ value, about: '' }))
const commandsOf = (above: Command): Candidate[] =>
  above.commands.map((one) => ({ value: one.name(), about: one.description() }))

/** All that may stand for the last of `words`, whatever it begins with. Touches neither files nor a database. */
export function candidates(program: Command, words: readonly string[]): Answer {
  // Help is about what could be typed without it.
  if (words[0] === 'help' && words.length > 2) return candidates(program, words.slice(1))
  // bash hands over redirections as words.
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
    const { behind, offered } = known === undefined ? offer([]) : valuesOf(known, command, typed)
    return offer(offered, `${flag}=${behind}`)
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
  const next = command.commands.find((one) => one.name() === word)
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

/** Of what the verb prints. */
function namesOf(command: Command): string[] {
  const view = command instanceof DbtoolCommand ? command.view?.(command.opts()) : undefined
  return view === undefined ? [] : fieldNames(view)
}

/** A name after those that are typed, as in `id,username`; none twice. */
function furtherOf(names: readonly string[], typed: string): Answer {
  const behind = typed.slice(0, typed.lastIndexOf(',') + 1)
  return offer(plain(names.filter((name) => !behind.split(',').includes(name))), behind)
}

function argumentOf(argument: Argument | undefined, program: Command): Answer['offered'] {
  if (argument === undefined) return []
  if (argument.name() === 'file') return 'files'
  if (argument.name() === 'words') return commandsOf(program)
  return plain(choicesOf(argument.parseArg))
}
