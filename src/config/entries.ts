import { InvalidValue } from '../errors.ts'
import type { Setting, SettingName } from '../settings.ts'
import { nameIn } from './layers.ts'
import { winner, type Statement, type Statements } from './precedence.ts'
import type { Profile } from './profile.ts'

export interface ConfigEntry {
  readonly name: string
  /** The text as written by the user; secrets are replaced by stars. */
  readonly value: string | null
  readonly origin: string
}

/** The value of a setting in one place. */
export interface ConfigStatement extends ConfigEntry {
  /** Whether this value takes effect. */
  readonly used: boolean
  /** The place whose value takes precedence. */
  readonly hidden_by: string | null
}

export const profileVariable = 'DBTOOL_PROFILE'

/** Parses the value of a setting, or its default. An invalid value adds a sentence to `faults`. */
export function parsed(
  name: SettingName,
  given: Statement | undefined,
  { parse, fallback }: Setting,
  faults: string[],
): unknown {
  const text = given?.text ?? fallback
  if (text === undefined) return undefined
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    faults.push(
      `${given === undefined ? name : `${nameIn(given.layer, name)} (${given.layer.origin})`} ${error.message}`,
    )
    return undefined
  }
}

/** A setting as `config show` prints it. */
export function entry(name: string, given: Statement | undefined, { fallback, secret = false }: Setting): ConfigEntry {
  const text = given === undefined ? fallback : given.text
  return {
    name,
    value: secret && text !== undefined && text !== '' ? '********' : (text ?? null),
    origin: given?.layer.origin ?? 'default',
  }
}

/** The profile in the form of a setting. */
export function profileEntry(profile: Profile | undefined): ConfigEntry {
  return { name: profileVariable, value: profile?.name ?? null, origin: profile?.origin ?? 'default' }
}

/** All values of each setting, and its default if no value takes effect. */
export function statementsOf(all: Statements, table: Readonly<Record<SettingName, Setting>>): ConfigStatement[] {
  return [...all].flatMap(([name, statements]) => {
    const rows = statements.map((given) => statement(entry(name, given, table[name]), given.hiddenBy))
    return winner(all, name) === undefined ? [...rows, statement(entry(name, undefined, table[name]))] : rows
  })
}

export function statement(entry: ConfigEntry, hiddenBy?: string): ConfigStatement {
  return { ...entry, used: hiddenBy === undefined, hidden_by: hiddenBy ?? null }
}
