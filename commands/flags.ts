import type { Command } from 'commander'
import { InvalidValue } from '../src/errors.ts'
import { parseInstant, parsePast, parseWhole } from '../src/values.ts'

/** A flag's value that broke its rule. It is kept until all are parsed, so that every fault is reported at once. */
export class Fault {
  constructor(readonly message: string) {}
}

/** The parser of one flag. What it returns on a fault never reaches a verb: `assertValid` runs before. */
export function value<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => attempt(parse, text)
}

/** The parser of a flag that may be given several times. */
export function values<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before = []) => [...before, attempt(parse, text)]
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
  const options = chainOf(command).flatMap((one) => one.options.map((option): [string, unknown] => [option.long ?? option.flags, one.getOptionValue(option.attributeName())]))
  const args = command.registeredArguments.map((argument, index): [string, unknown] => [`<${argument.name()}>`, command.processedArgs[index]])
  return [...options, ...args].flatMap(([name, given]) => [given].flat().flatMap((one) => (one instanceof Fault ? [`${name} ${one.message}`] : [])))
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
export const limit = value(parseWhole(0, largest))
export const offset = value(parseWhole(0, largest))
export const past = value(parsePast(() => new Date()))
export const instant = value(parseInstant)

/** The flags of every list that has pages. */
export function paged(command: Command): Command {
  return command.option('--limit <n>', 'at most so many rows; 0 is all', limit, 50).option('--offset <n>', 'skip so many rows first', offset, 0)
}

export interface PageFlags {
  readonly limit: number
  readonly offset: number
}

/** `--active` and `--inactive` in one value. */
export function activeFlag(options: { active?: boolean; inactive?: boolean }): boolean | undefined {
  return options.active === true ? true : options.inactive === true ? false : undefined
}

/** `name`, or `-name` for the other direction. */
export function parseSort<C extends string>(columns: readonly C[]): (text: string) => { column: C; descending: boolean } {
  return (text) => {
    const name = text.replace(/^-/, '')
    const column = columns.find((candidate) => candidate === name)
    if (column === undefined) throw new InvalidValue(`must be one of ${columns.join(', ')}, with - before it for the reverse order, not '${text}'`)
    return { column, descending: text.startsWith('-') }
  }
}
