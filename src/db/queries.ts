import type { Persistence } from './retry.ts'

/** A bound value. Wrap what nobody may read in a log in {@link Secret}. */
export type Value = string | number | bigint | boolean | Date | null | Secret

export interface Change {
  /** Rows that matched, changed or not (the connector's `foundRows`): right for guarded updates. */
  readonly affectedRows: number
  readonly insertId: number
}

/**
 * What the rooms above see of a database: values are bound, never pasted. DECIMAL arrives as string, BIGINT as number
 * (or an error outside the safe range), DATETIME as Date in UTC. Rejects with a DatabaseError.
 */
export interface Queries {
  /** The first result set; none is an empty one. */
  rows<T>(sql: string, values?: readonly Value[]): Promise<T[]>
  execute(sql: string, values?: readonly Value[]): Promise<Change>
  /** `rows` of a statement that is prepared once on each connection; for what runs often. */
  prepared<T>(sql: string, values: readonly Value[]): Promise<T[]>
  /** `rows` by the thousand: several times as fast, since no instant is made of a DATETIME; select none, or as text. */
  rawRows<T>(sql: string, values: readonly Value[]): Promise<T[]>
  /**
   * One statement for many rows of values, in their order, in one message; the first result set, which RETURNING makes,
   * has a
   * row for each. When one of them fails, those before it may have taken place: call it in a transaction or after a
   * savepoint.
   * Wait for it: what is sent after it may overtake it.
   */
  bulk<T>(sql: string, rows: readonly (readonly Value[])[]): Promise<T[]>
  /** How long work on this goes on after failures that may pass. */
  readonly persistence?: Partial<Persistence>
}

/** One connection in somebody's hands. */
export interface Session extends Queries {
  /** True while the server has a transaction open on this connection. */
  readonly inTransaction: boolean
  readonly usable: boolean
  destroy(): void
}

/** A value that `--sql` prints as stars. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '********'
  }
  toJSON(): string {
    return '********'
  }
}

/**
 * A server quotes values in its errors (Duplicate entry '…'): stars take the place of the secret ones. Changes `error`.
 */
export function hideSecrets(error: unknown, values: readonly Value[]): unknown {
  const secrets = values.filter((value) => value instanceof Secret && value.reveal() !== '') as Secret[]
  if (!(error instanceof Error)) return error
  const texts = error as unknown as Record<string, unknown>
  for (const part of ['message', 'stack', 'sqlMessage', 'sql']) {
    const text = texts[part]
    if (typeof text === 'string')
      texts[part] = secrets.reduce((masked, secret) => masked.replaceAll(secret.reveal(), String(secret)), text)
  }
  return error
}

/** What one statement did, for `--sql`. */
export interface Trace {
  readonly sql: string
  readonly values: readonly Value[]
  readonly ms: number
  readonly failed: boolean
}

export type OnTrace = (trace: Trace) => void

/** The first row, or undefined. */
export async function firstRow<T>(
  queries: Queries,
  sql: string,
  values: readonly Value[] = [],
): Promise<T | undefined> {
  const [row] = await queries.rows<T>(sql, values)
  return row
}
