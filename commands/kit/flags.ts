import { Option, type Command } from 'commander'
import { InvalidValue } from '../../src/errors.ts'
import { orNearest } from '../../src/nearest.ts'
import { parsePastTime } from '../../src/past-time.ts'
import { largestInt, parseWhole, quoteValue, type ChoiceParser } from '../../src/values.ts'

/**
 * An invalid value of a flag. It stays in place until all flags are parsed, so that all faults are reported together.
 */
export class Fault {
  constructor(readonly message: string) {}
}

/** The parser of a flag. On a fault it returns a {@link Fault}, which {@link faultsOf} reports before the verb runs. */
export function value<T>(parse: (text: string) => T): (text: string) => T {
  return Object.assign((text: string) => attempt(parse, text), { choices: choicesOf(parse) })
}

/** The values that a parser accepts, if it accepts a fixed set of words; otherwise none. */
export function choicesOf(parse: unknown): readonly string[] {
  return typeof parse === 'function' && 'choices' in parse ? (parse.choices as readonly string[]) : []
}

/**
 * The parser of a flag that clears a value with an empty text. The text stays empty until {@link orNull}, because
 * commander turns a null into ''.
 */
export function removable(parse: (text: string) => string): (text: string) => string {
  return value((text) => (text === '' ? '' : parse(text)))
}

/** Converts the value of a {@link removable} flag: an empty text becomes null. */
export function orNull(text: string | undefined): string | null | undefined {
  return text === '' ? null : text
}

/** The parser of a repeatable flag. */
export function values<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return Object.assign((text: string, before: T[] = []) => [...before, attempt(parse, text)], {
    choices: choicesOf(parse),
  })
}

/**
 * The parser of a flag whose rule is loaded only if the flag is given, because the help must not pay for it.
 * {@link resolveLazyFlags} awaits the value.
 */
export function lazyValue<T>(load: () => Promise<(text: string) => T>): (text: string) => Promise<T | Fault> {
  return async (text) => attempt(await load(), text)
}

/** Replaces the promises of {@link lazyValue} by their values. Call it before {@link faultsOf}. */
export async function resolveLazyFlags(command: Command): Promise<void> {
  for (const name of command.options.map((option) => option.attributeName())) {
    const given: unknown = command.getOptionValue(name)
    if (given instanceof Promise) command.setOptionValue(name, await given)
  }
}

/** A flag with a default. `typed` is the default as a user would type it; the help shows it in that form. */
export function withDefault<T>(flags: string, description: string, parse: (text: string) => T, typed: string): Option {
  return new Option(flags, description).argParser(value(parse)).default(parse(typed), typed)
}

/** Adds two flags that exclude each other. */
export function either(
  command: Command,
  [flag, about]: readonly [string, string],
  [other, aboutOther]: readonly [string, string],
): Command {
  const nameOf = (option: string): string => new Option(option).attributeName()
  return command
    .addOption(new Option(flag, about).conflicts(nameOf(other)))
    .addOption(new Option(other, aboutOther).conflicts(nameOf(flag)))
}

function attempt<T>(parse: (text: string) => T, text: string): T {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof InvalidValue) return new Fault(error.message) as T
    throw error
  }
}

/** The faults of the options and arguments of a command and its parents, each with the name of its flag. */
export function faultsOf(command: Command): string[] {
  const options = chainOf(command).flatMap((link) =>
    link.options.map((option): [string, unknown] => [
      option.long ?? option.flags,
      link.getOptionValue(option.attributeName()),
    ]),
  )
  const args = command.registeredArguments.map((argument, index): [string, unknown] => [
    `<${argument.name()}>`,
    command.processedArgs[index],
  ])
  return [...options, ...args].flatMap(([name, given]) =>
    [given].flat().flatMap((part) => (part instanceof Fault ? [`${name} ${part.message}`] : [])),
  )
}

/** A command and its parents, the verb first. */
export function chainOf(command: Command): Command[] {
  return command.parent === null ? [command] : [command, ...chainOf(command.parent)]
}

/** The path of a command, such as `users create`. */
export function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim()
}

export const defaultLimit = 50
export const limit = value(parseWhole(0, largestInt))
export const offset = value(parseWhole(0, largestInt))
export const past = value(parsePastTime)

/** Adds the paging flags of a list. */
export function paged(command: Command): Command {
  return command
    .addOption(limitFlag(limitOnTerminal(defaultLimit)))
    .option('--offset <n>', 'number of rows to skip', offset, 0)
}

/** `--limit`, undefined if not given: {@link showList} applies the default, and not to every output. */
export function limitFlag(typed: string): Option {
  return new Option('--limit <n>', 'maximum number of rows (0 = all)').argParser(limit).default(undefined, typed)
}

/** The default of `--limit` for the help: it protects a terminal, and nothing else. */
export const limitOnTerminal = (rows: number): string => `${rows} on a terminal, otherwise all`

export interface PageFlags {
  /** Undefined: not given. */
  readonly limit: number | undefined
  readonly offset: number
}

/** Converts `--active` and `--inactive` to one value. */
export function activeFlag({ active, inactive }: { active?: boolean; inactive?: boolean }): boolean | undefined {
  return active ?? (inactive === true ? false : undefined)
}

/** `--sort name`, or `--sort -name` for descending order. */
export function sorted<C extends string>(columns: readonly C[], typed: string): Option {
  const description = `${columns.join(', ')}; -column for descending order`
  return withDefault('--sort <column>', description, parseSort(columns), typed)
}

function parseSort<C extends string>(columns: readonly C[]): ChoiceParser<{ column: C; descending: boolean }> {
  const parse = (text: string): { column: C; descending: boolean } => {
    const name = text.replace(/^-/, '')
    const column = columns.find((candidate) => candidate === name)
    if (column === undefined)
      throw new InvalidValue(
        `must be one of ${columns.join(', ')}, with the prefix - for descending order, ` +
          `not ${quoteValue(text)}${orNearest(name, columns)}`,
      )
    return { column, descending: text.startsWith('-') }
  }
  return Object.assign(parse, { choices: columns.flatMap((column) => [column, `-${column}`]) })
}
