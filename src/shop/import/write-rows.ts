import { Secret, type Queries, type Value } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import { inWords } from '../changes.ts'
import { writeLogs, type Author } from '../logs.ts'
import type { Decisions, Update } from './decide.ts'
import type { DraftRow, OnConflict } from './draft-row.ts'
import type { Kind, RowThere, Stored } from './tables.ts'

/**
 * The rows that share a unique value with one of the drafts: what they say where that may be changed, else what tells
 * them apart.
 */
export function rowsThere(
  queries: Queries,
  kind: Kind,
  onConflict: OnConflict,
  drafts: readonly DraftRow[],
): Promise<RowThere[]> {
  const { table, unique, instants } = kind
  const columns = new Set([
    ...unique,
    ...(onConflict === 'update' ? drafts.flatMap(({ row }) => Object.keys(row)) : []),
  ])
  const selected = [
    'id',
    ...[...columns].map((column) => (instants.includes(column) ? `CAST(${column} AS CHAR) AS ${column}` : column)),
  ].join(', ')
  const asked = unique.flatMap((column) => {
    const values = drafts.flatMap(({ row }) => (typeof row[column] === 'string' ? [row[column]] : []))
    return values.length === 0
      ? []
      : [{ values, sql: `SELECT ${selected} FROM ${table} WHERE ${column} IN (${values.map(() => '?').join(', ')})` }]
  })
  return asked.length === 0
    ? Promise.resolve([])
    : queries.plainRows<RowThere>(
        asked.map(({ sql }) => sql).join(' UNION '),
        asked.flatMap(({ values }) => values),
      )
}

const bound = ({ secret }: Kind, column: string, value: Stored): Value =>
  secret.includes(column) && typeof value === 'string' ? new Secret(value) : value

/** The new ids, in the order of the drafts. */
export async function insertAll(queries: Queries, kind: Kind, drafts: readonly DraftRow[]): Promise<number[]> {
  const rules = Object.entries(kind.rules)
  const values = drafts.map(({ row }) =>
    rules.map(([column, { initial }]) => bound(kind, column, row[column] ?? initial ?? null)),
  )
  const ids = (await queries.bulk<{ id: number }>(kind.insert, values)).map(({ id }) => id)
  if (ids.length !== drafts.length)
    throw new DbtoolError('UNEXPECTED', `the server named ${ids.length} new ids for ${drafts.length} rows`)
  return ids
}

/** One statement for all that change the same columns, in ascending id, as orders lock their products. */
export async function updateAll(queries: Queries, kind: Kind, updates: Decisions['updated']): Promise<void> {
  const groups = new Map<string, Update[]>()
  for (const update of [...updates].sort((a, b) => a.there.id - b.there.id)) {
    const name = Object.keys(update.changes).join()
    groups.set(name, [...(groups.get(name) ?? []), update])
  }
  for (const [name, group] of groups) await updateColumns(queries, kind, name.split(','), group)
}

async function updateColumns(
  queries: Queries,
  kind: Kind,
  columns: readonly string[],
  group: readonly Update[],
): Promise<void> {
  const parts = columns.map((column) => kind.assignments[column] ?? `${column} = ?`)
  const marked = columns.flatMap((column, index) => (parts[index]?.match(/\?/g) ?? []).map(() => column))
  const values = group.map(({ there, changes }) => [
    ...marked.map((column) => bound(kind, column, changes[column] ?? null)),
    there.id,
  ])
  await queries.bulk(`UPDATE ${kind.table} SET ${parts.join(', ')}, updated_at = UTC_TIMESTAMP() WHERE id = ?`, values)
}

/** What was decided and done, with the ids of what was created. */
export interface Written extends Decisions {
  readonly newIds: readonly number[]
}

/** A log row for every row that really changed, the new ones first. */
export async function logAll(
  queries: Queries,
  author: Author,
  kind: Kind,
  { created, updated, newIds }: Written,
): Promise<void> {
  const {
    table: entity,
    unique: [key],
    secret,
    long,
  } = kind
  await writeLogs(queries, author, [
    ...created.map(({ row }, index) => ({ entity, entityId: newIds[index] ?? 0, message: kind.created(row) })),
    ...updated.map(({ there, changes }) => ({
      entity,
      entityId: there.id,
      message: `updated ${String(there[key] ?? 'NULL')}: ${inWords(changes, there, [...secret, ...long])}`,
    })),
  ])
}
