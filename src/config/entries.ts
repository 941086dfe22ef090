import { InvalidValue } from '../errors.ts'
import type { Setting, SettingName } from '../settings.ts'
import { nameIn } from './layers.ts'
import { winner, type Statement, type Statements } from './precedence.ts'
import type { Profile } from './profile.ts'

export interface ConfigEntry {
  readonly name: string
  /** As it was written; secrets are stars. */
  readonly value: string | null
  readonly origin: string
}

/** What one place says of a setting. */
export interface ConfigStatement extends ConfigEntry {
  /** Whether it counts. */
  readonly used: boolean
  /** The place whose word counts instead. */
  readonly hidden_by: string | null
}

export const profileVariable = 'DBTOOL_PROFILE'

/** The value of a setting; what is wrong with it is added to `faults`. */
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

/** What is shown of a setting. */
export function entry(name: string, given: Statement | undefined, { fallback, secret = false }: Setting): ConfigEntry {
  const text = given === undefined ? fallback : given.text
  return {
    name,
    value: secret && text !== undefined && text !== '' ? '********' : (text ?? null),
    origin: given?.layer.origin ?? 'default',
  }
}

/** The profile as if it were a setting. */
export function chosen(profile: Profile | undefined): ConfigEntry {
  return { name: profileVariable, value: profile?.name ?? null, origin: profile?.origin ?? 'default' }
}

/** Of each setting all that is said, or its default. */
export function statementsOf(all: Statements, table: Readonly<Record<SettingName, Setting>>): ConfigStatement[] {
  return [...all].flatMap(([name, statements]) => {
    const rows = statements.map((one) => statement(entry(name, one, table[name]), one.hiddenBy))
    return winner(all, name) === undefined ? [...rows, statement(entry(name, undefined, table[name]))] : rows
  })
}

export function statement(entry: ConfigEntry, hiddenBy?: string): ConfigStatement {
  return { ...entry, used: hiddenBy === undefined, hidden_by: hiddenBy ?? null }
}
