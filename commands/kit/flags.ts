import { Option, type Command } from 'commander'
import { InvalidValue } from '../../src/errors.ts'
import { orNearest } from '../../src/nearest.ts'
import { parsePast, parseWhole, quoteValue, type ChoiceParser } from '../../src/values.ts'

/** A flag's value that broke its rule. It is kept until all are parsed, so that every fault is reported at once. */
export class Fault {
  constructor(readonly message: string) {}
}

/** The parser of one flag. What it returns on a fault never reaches a verb: {@link faultsOf} is asked before. */
export function value<T>(parse: (text: string) => T): (text: string) => T {
  return Object.assign((text: string) => attempt(parse, text), { choices: choicesOf(parse) })
}

/** All that a flag's parser takes, where it is one of few words. */
export function choicesOf(parse: unknown): readonly string[] {
  return typeof parse === 'function' && 'choices' in parse ? (parse.choices as readonly string[]) : []
}

/**
 * The parser of a flag that an empty text takes away. It stays empty until {@link orNull}: commander makes '' of a
 * null.
 */
export function removable(parse: (text: string) => string): (text: string) => string {
  return value((text) => (text === '' ? '' : parse(text)))
}

/** What a {@link removable} flag says. */
export function orNull(text: string | undefined): string | null | undefined {
  return text === '' ? null : text
}

/** The parser of a flag that may be given several times. */
export function values<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return Object.assign((text: string, before: T[] = []) => [...before, attempt(parse, text)], {
    choices: choicesOf(parse),
  })
}

/**
 * The parser of a flag whose rule is loaded only where it is given: the help must not pay for it. {@link resolveLazyFlags} waits
 * for it.
 */
export function lazyValue<T>(load: () => Promise<(text: string) => T>): (text: string) => Promise<T | Fault> {
  return async (text) => attempt(await load(), text)
}

/** Puts the values of such flags in their place; before {@link faultsOf}. */
export async function resolveLazyFlags(command: Command): Promise<void> {
  for (const name of command.options.map((option) => option.attributeName())) {
    const given: unknown = command.getOptionValue(name)
    if (given instanceof Promise) command.setOptionValue(name, await given)
  }
}

/** A flag with a default, given as it would be typed: so the help shows it. */
export function withDefault<T>(flags: string, description: string, parse: (text: string) => T, typed: string): Option {
  return new Option(flags, description).argParser(value(parse)).default(parse(typed), typed)
}

/** Two flags of which only one can be given. */
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

/** Every fault of the options and arguments of a command and of what stands before it, each naming its flag. */
export function faultsOf(command: Command): string[] {
  const options = chainOf(command).flatMap((one) =>
    one.options.map((option): [string, unknown] => [
      option.long ?? option.flags,
      one.getOptionValue(option.attributeName()),
    ]),
  )
  const args = command.registeredArguments.map((argument, index): [string, unknown] => [
    `<${argument.name()}>`,
    command.processedArgs[index],
  ])
  return [...options, ...args].flatMap(([name, given]) =>
    [given].flat().flatMap((one) => (one instanceof Fault ? [`${name} ${one.message}`] : [])),
  )
}

/** A command and its parents, the verb first. */
export function chainOf(command: Command): Command[] {
  return command.parent === null ? [command] : [command, ...chainOf(command.parent)]
}

/** The path of a command as it is typed: `users create`. */
export function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim()
}

export const largest = 2_147_483_647
export const defaultLimit = 50
export const limit = value(parseWhole(0, largest))
export const offset = value(parseWhole(0, largest))
export const past = value(parsePast(() => new Date()))

/** The flags of every list that has pages. */
export function paged(command: Command): Command {
  return command.addOption(limitFlag(defaultLimit)).option('--offset <n>', 'skip so many rows first', offset, 0)
}

/** `--limit`, undefined where it was not given: the default is for people, {@link showList}. */
export function limitFlag(rows: number): Option {
  return new Option('--limit <n>', 'at most so many rows; 0 is all').argParser(limit).default(undefined, String(rows))
}

export interface PageFlags {
  /** Undefined: not given. */
  readonly limit: number | undefined
  readonly offset: number
}

/** `--active` and `--inactive` in one value. */
export function activeFlag({ active, inactive }: { active?: boolean; inactive?: boolean }): boolean | undefined {
  return active ?? (inactive === true ? false : undefined)
}

/** `--sort name`, or `-name` for the other direction. */
export function sorted<C extends string>(columns: readonly C[], typed: string): Option {
  return withDefault('--sort <column>', `${columns.join(', ')}; with - before it in reverse`, parseSort(columns), typed)
}

function parseSort<C extends string>(columns: readonly C[]): ChoiceParser<{ column: C; descending: boolean }> {
  const parse = (text: string): { column: C; descending: boolean } => {
    const name = text.replace(/^-/, '')
    const column = columns.find((candidate) => candidate === name)
    if (column === undefined)
      throw new InvalidValue(
        `must be one of ${columns.join(', ')}, with - before it for the reverse order, not ${quoteValue(text)}${orNearest(name, columns)}`,
      )
    return { column, descending: text.startsWith('-') }
  }
  return Object.assign(parse, { choices: columns.flatMap((column) => [column, `-${column}`]) })
}
