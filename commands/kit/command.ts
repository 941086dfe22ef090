import { Command, type ErrorOptions, type HelpContext, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { nearest } from '../../src/nearest.ts'
import type { View } from '../../src/output/view.ts'
import { stars } from '../../src/values.ts'
import { chainOf, pathOf } from './flags.ts'
import { meantCommand } from './meant-command.ts'

/** A command that reports usage errors as DbtoolError, with a hint that names the right help page. */
export class DbtoolCommand extends Command {
  /** The view of the result with these options and arguments. Undefined: the verb has not declared one. */
  view: ((options: unknown, args?: readonly string[]) => View) | undefined
  /** Whether the verb itself asks for everything, so that the menu offers none of its flags. */
  isConversation = false
  /** The way out of too many arguments, such as quotes. */
  excessHint: string | undefined
  /**
   * For a verb that writes standard output itself, so that `--output` would leave its file empty: the other way to a
   * file. Undefined with arguments that name a file.
   */
  insteadOfOutput: ((args: readonly string[]) => string | undefined) | undefined
  /** Its effect on the database, as {@link withEffect} declares it. */
  effect: Effect = {}
  /** Whether only the result itself shows its columns. It may be about persons. */
  isOfAnyShape = false

  override createCommand(name?: string): DbtoolCommand {
    return new DbtoolCommand(name)
  }

  /** Commander calls this for a command line that it cannot parse. */
  override error(message: string, { code }: ErrorOptions = {}): never {
    const [, text = message] = /^(?:error: )?(.*?)(?:\n\(Did you mean .*\?\))?$/s.exec(message) ?? []
    const see = `see: dbtool ${`${pathOf(this)} --help`.trim()}`
    const word = /'(.*)'/s.exec(text)?.[1] ?? ''
    const toggle = code === 'commander.unknownOption' ? this.toggleOf(word) : undefined
    if (toggle !== undefined) {
      const fields = toggle === '--json' ? this.fieldsHint(word.slice(toggle.length + 1)) : []
      throw new DbtoolError('USAGE', `${toggle} takes no value`, { hint: [...fields, see].join(' ') })
    }
    const problem =
      code === 'commander.excessArguments'
        ? this.excess()
        : text.replace(/^option '(.*)' argument missing$/, '$1 needs a value')
    throw new DbtoolError('USAGE', problem, { hint: [...this.meant(code, word), see].join(' ') })
  }

  /** The flag without a value that a word such as `--all=true` gives one to. */
  private toggleOf(word: string): string | undefined {
    const [name, value] = word.split('=', 2)
    if (value === undefined) return undefined
    return chainOf(this).some(({ options }) =>
      options.some((option) => option.long === name && !option.required && !option.optional),
    )
      ? name
      : undefined
  }

  /**
   * Commander calls this if a verb is missing. `dbtool` alone shows the help. A noun alone shows its help and throws
   * USAGE.
   */
  override help(context?: HelpContext | ((text: string) => string)): never {
    if (this.parent === null || typeof context !== 'object') return super.help()
    if (this.optsWithGlobals()['json'] !== true) this.outputHelp(context)
    const verbs = this.commands.map((verb) => verb.name()).join(', ')
    throw new DbtoolError('USAGE', `${pathOf(this)} needs a verb: ${verbs}`)
  }

  private meant(code: string | undefined, word: string): string[] {
    if (code === 'commander.excessArguments') return this.excessHints()
    if (code === 'commander.unknownCommand') return meantCommand(this, word)
    if (code !== 'commander.unknownOption') return []
    const flags = chainOf(this).flatMap(({ options }) => flagsOf(options))
    const own = flagsOf(this.options.filter((option) => !(option instanceof GlobalOption)))
    const near = nearest(word, flags) ?? onlyOne(own.filter(isPart(word)))
    return near === undefined ? [] : [`did you mean ${near}?`]
  }

  private excessHints(): string[] {
    if (this.excessHint !== undefined) return [`${this.excessHint};`]
    const several = this.args.find((argument) => argument.includes(','))
    const fields = this.optsWithGlobals()['json'] === true ? this.fieldsHint(several) : []
    if (fields.length > 0) return fields
    return this.registeredArguments.length === 0 ? ['it takes only flags;'] : []
  }

  /** `gh` and others take the fields as the value of `--json`. */
  private fieldsHint(fields = ''): string[] {
    const isList = /^[a-z_]+(?:\.[a-z_]+)?(?:,[a-z_]+(?:\.[a-z_]+)?)*$/.test(fields)
    return isList && !this.takesPassword ? [`for these columns: --json --fields ${fields};`] : []
  }

  private get takesPassword(): boolean {
    return this.options.some(({ long }) => long === '--password-stdin')
  }

  private excess(): string {
    const extra = this.args
      .slice(this.registeredArguments.length)
      .map((argument) => `'${this.takesPassword ? stars : argument}'`)
    return `too many arguments for ${pathOf(this)}: ${extra.join(', ')}`
  }
}

const flagsOf = (options: readonly Option[]): string[] =>
  options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])))

/** `--key` is a part of `--idempotency-key`. */
const isPart =
  (word: string) =>
  (flag: string): boolean =>
    word.startsWith('--') && flag.slice(2).split('-').includes(word.slice(2))

const onlyOne = (flags: readonly string[]): string | undefined => (flags.length === 1 ? flags[0] : undefined)

/** Adds a verb to a noun, or several similar verbs. */
export type Declare = (noun: Command, context: Context) => void

/** The functions that declare the verbs of a noun, each under the names of the verbs that it adds. */
export type Verbs = Readonly<Record<string, Declare>>

/** A flag that every command takes. The class distinguishes `--user` of the connection from `--user` of an order. */
export class GlobalOption extends Option {}

/** A flag of a verb that names a file to write, for which `--force` and `--mode` count. */
export class FileOption extends Option {}

export function option(flags: string, description: string, parse?: (text: string) => unknown): GlobalOption {
  const globalOption = new GlobalOption(flags, description)
  return parse === undefined ? globalOption : globalOption.argParser(parse)
}

/**
 * Declares the view of a verb, as a function of its options and arguments if they decide. An unknown field in
 * `--fields` is then found before the verb runs.
 */
export function withView<O>(command: Command, view: View | ((options: O, args?: readonly string[]) => View)): Command {
  if (command instanceof DbtoolCommand)
    command.view = typeof view === 'function' ? (view as NonNullable<DbtoolCommand['view']>) : () => view
  return command
}

/** The options that decide about the effect of a verb. */
export interface EffectOptions {
  readonly dryRun?: boolean
  readonly apply?: boolean
  readonly workload?: string
  readonly write?: boolean
  readonly into?: string
}

/** The effect of a verb on the configured database, for the rules about read-only and protected ones. */
export interface Effect {
  /** Whether it changes data. The default is whether the verb has `--dry-run`, which writes and rolls back. */
  readonly changes?: (options: EffectOptions) => boolean
  /**
   * Whether it changes much at once, or loads the server, without a confirmation of its own. A protected database then
   * needs its name. Verbs that delete confirm anyway, and require the name there (src/prompts/target-confirmation.ts).
   */
  readonly isWholesale?: (options: EffectOptions) => boolean
}

export const unlessDryRun = ({ dryRun }: EffectOptions): boolean => dryRun !== true
export const always = (): boolean => true

export function withEffect(command: Command, effect: Effect): Command {
  if (command instanceof DbtoolCommand) command.effect = effect
  return command
}

/** Whether a parsed command changes data of the configured database. */
export function changesData(command: Command): boolean {
  const { changes } = effectOf(command)
  return changes?.(command.opts()) ?? command.options.some(({ long }) => long === '--dry-run')
}

export const effectOf = (command: Command): Effect => (command instanceof DbtoolCommand ? command.effect : {})

/** Declares that a verb without flags asks for all that its flags could give. */
export function conversational(command: Command): Command {
  if (command instanceof DbtoolCommand) command.isConversation = true
  return command
}

/** Declares that the columns of the result are those of a statement of the user. */
export function ofAnyShape(command: Command): Command {
  if (command instanceof DbtoolCommand) command.isOfAnyShape = true
  return command
}

/** Declares that a verb writes standard output itself. `instead` is as in {@link DbtoolCommand.insteadOfOutput}. */
export function writesStdout(command: Command, instead: NonNullable<DbtoolCommand['insteadOfOutput']>): Command {
  if (command instanceof DbtoolCommand) command.insteadOfOutput = instead
  return command
}

/** Adds a way out to the error about too many arguments. */
export function withExcessHint(command: Command, hint: string): Command {
  if (command instanceof DbtoolCommand) command.excessHint = hint
  return command
}
