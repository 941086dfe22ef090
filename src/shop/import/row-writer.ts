import { type Queries, Secret, type Value } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import type { SourceRecord } from '../../files/record.ts'
import { type Author, writeLogs } from '../logs.ts'
import { decide, type Decisions, SeenIds, type Update } from './decide.ts'
import type { OtherName } from './differing-names.ts'
import type { DraftRow, Refusal } from './draft-row.ts'
import type { ImportTable, ExistingRow, OnConflict, SensitiveColumn, Stored } from './tables.ts'

/** Runs work that is committed or rolled back as a unit: a transaction, or a savepoint in one. */
export type RunInTransaction = <T>(work: (queries: Queries) => Promise<T>) => Promise<T>

/** The number of rows by outcome. */
export type RowCounts = Readonly<
  Record<'created' | 'updated' | 'unchanged' | 'skipped' | SensitiveColumn['count'], number>
>

/** The rows that were written, and a note for each key that was made. */
export interface Applied {
  readonly counts: RowCounts
  readonly otherNames: readonly OtherName[]
  readonly notes: readonly RowNote[]
}

export interface RowNote {
  readonly record: SourceRecord
  readonly note: string
}

/** Error codes that reject a single row; any other error ends the import. */
const refusing = new Set(['DUPLICATE', 'CONSTRAINT', 'MISSING_REFERENCE', 'TOO_LARGE'])

/** Writes the rows of a file, some hundreds in one statement. */
export class RowWriter {
  readonly #seen = new SeenIds()

  constructor(
    private readonly table: ImportTable,
    private readonly onConflict: OnConflict,
    private readonly author: Author,
    private readonly inTransaction: RunInTransaction,
  ) {}

  /** Writes the rows and reports each unit that was written to `onApplied`. Resolves to the rejected rows. */
  apply(drafts: readonly DraftRow[], onApplied: (applied: Applied) => void): Promise<Refusal[]> {
    // Where no row should exist yet, inserting and relying on the unique keys costs less than looking up first.
    return this.attempt(drafts, this.onConflict === 'error' ? 'insert' : 'look up', onApplied)
  }

  /** When the database refuses a group of rows, each half is retried, down to single rows. */
  private async attempt(
    drafts: readonly DraftRow[],
    how: 'insert' | 'look up',
    onApplied: (applied: Applied) => void,
  ): Promise<Refusal[]> {
    const [first] = drafts
    if (first === undefined) return []
    try {
      const written = await this.inTransaction((queries) => this.write(queries, drafts, how))
      const { newIds, updated, unchanged, skipped, refused, notes } = written
      for (const id of [...newIds, ...updated.map(({ existing }) => existing.id), ...unchanged, ...skipped])
        this.#seen.add(id)
      onApplied({ counts: countsOf(written), otherNames: written.otherNames, notes })
      return refused
    } catch (error) {
      if (!(error instanceof DbtoolError) || !refusing.has(error.code)) throw error
      // A look-up finds the rows that already exist; it is no smaller.
      if (how === 'insert' && error.code !== 'TOO_LARGE') return this.attempt(drafts, 'look up', onApplied)
      if (drafts.length === 1) return [{ record: first.record, code: error.code, reason: error.message }]
      const half = Math.ceil(drafts.length / 2)
      return [
        ...(await this.attempt(drafts.slice(0, half), how, onApplied)),
        ...(await this.attempt(drafts.slice(half), how, onApplied)),
      ]
    }
  }

  private async write(queries: Queries, drafts: readonly DraftRow[], how: 'insert' | 'look up'): Promise<Written> {
    const { table, onConflict, author } = this
    const existing = how === 'look up' ? await existingRows(queries, table, onConflict, drafts) : []
    const decisions = decide(table, onConflict, drafts, { existing, seen: this.#seen })
    const { created, notes } = await withKeys(queries, table, decisions.created)
    const newIds = await insertAll(queries, table, created)
    await updateAll(queries, table, decisions.updated)
    const written = { ...decisions, created, notes, newIds }
    await logAll(queries, author, table, written)
    return written
  }
}

function countsOf({ created, updated, unchanged, skipped, sensitive }: Written): RowCounts {
  return {
    created: created.length,
    updated: updated.length,
    unchanged: unchanged.length,
    skipped: skipped.length,
    admins: sensitive.filter((count) => count === 'admins').length,
    password_hashes: sensitive.filter((count) => count === 'password_hashes').length,
  }
}

/** Makes the missing keys of new rows. */
async function withKeys(
  queries: Queries,
  { unique: [key], generated }: ImportTable,
  drafts: readonly DraftRow[],
): Promise<{ readonly created: DraftRow[]; readonly notes: RowNote[] }> {
  const keyless = drafts.filter(({ row }) => row[key] === undefined)
  if (generated === undefined || keyless.length === 0) return { created: [...drafts], notes: [] }
  const { from, make } = generated
  const text = ({ row }: DraftRow, column: string): string => String(row[column])
  const made = await make(
    queries,
    keyless.map((draft) => text(draft, from)),
    drafts.flatMap((draft) => (draft.row[key] === undefined ? [] : [text(draft, key)])),
  )
  const keys = new Map(keyless.map((draft, index) => [draft, made[index] ?? '']))
  return {
    created: drafts.map((draft) => ({ ...draft, row: { ...draft.row, [key]: keys.get(draft) ?? draft.row[key] } })),
    notes: [...keys].map(([draft, made]) => ({
      record: draft.record,
      note: `${key} '${made}' was made for ${text(draft, from)}`,
    })),
  }
}

/**
 * Resolves to the rows that share a unique value with one of the drafts. Where rows may be updated, they have the
 * columns of the file; otherwise only the unique ones and the title.
 */
function existingRows(
  queries: Queries,
  table: ImportTable,
  onConflict: OnConflict,
  drafts: readonly DraftRow[],
): Promise<ExistingRow[]> {
  const { name, unique, title = [], instants, fold, folded } = table
  const columns = new Set([
    ...unique,
    ...[title].flat(),
    ...(onConflict === 'update' ? drafts.flatMap(({ row }) => Object.keys(row)) : []),
  ])
  const selected = [
    'id',
    ...[...columns].map((column) => (instants.includes(column) ? `CAST(${column} AS CHAR) AS ${column}` : column)),
  ].join(', ')
  const lookups = unique.flatMap((column) => {
    const values = drafts.flatMap(({ row }) => (typeof row[column] === 'string' ? [fold(row[column])] : []))
    const where = `${folded[column] ?? column} IN (${values.map(() => '?').join(', ')})`
    return values.length === 0 ? [] : [{ values, sql: `SELECT ${selected} FROM ${name} WHERE ${where}` }]
  })
  return lookups.length === 0
    ? Promise.resolve([])
    : queries.rawRows<ExistingRow>(
        lookups.map(({ sql }) => sql).join(' UNION '),
        lookups.flatMap(({ values }) => values),
      )
}

const bound = ({ secret }: ImportTable, column: string, value: Stored): Value =>
  secret.includes(column) && typeof value === 'string' ? new Secret(value) : value

/** The new ids, in the order of the drafts. */
async function insertAll(queries: Queries, table: ImportTable, drafts: readonly DraftRow[]): Promise<number[]> {
  const rules = Object.entries(table.rules)
  const derived = Object.keys(table.derived)
  const values = drafts.map(({ row }) => [
    ...rules.map(([column, { initial }]) => bound(table, column, row[column] ?? initial ?? null)),
    ...derived.map((column) => row[column] ?? null),
  ])
  const ids = (await queries.bulk<{ id: number }>(table.insert, values)).map(({ id }) => id)
  if (ids.length !== drafts.length)
    throw new DbtoolError('UNEXPECTED', `the server returned ${ids.length} new ids for ${drafts.length} rows`)
  return ids
}

/**
 * Runs one statement for all rows that change the same columns, in ascending id, the order in which orders lock their
 * products.
 */
async function updateAll(queries: Queries, table: ImportTable, updates: Decisions['updated']): Promise<void> {
  const groups = new Map<string, Update[]>()
  for (const update of [...updates].sort((a, b) => a.existing.id - b.existing.id)) {
    const name = Object.keys(update.changes).join()
    groups.set(name, [...(groups.get(name) ?? []), update])
  }
  for (const [name, group] of groups) await updateColumns(queries, table, name.split(','), group)
}

async function updateColumns(
  queries: Queries,
  table: ImportTable,
  columns: readonly string[],
  group: readonly Update[],
): Promise<void> {
  const parts = columns.map((column) => table.assignments[column] ?? `${column} = ?`)
  const marked = columns.flatMap((column, index) => (parts[index]?.match(/\?/g) ?? []).map(() => column))
  const values = group.map(({ existing, changes }) => [
    ...marked.map((column) => bound(table, column, changes[column] ?? null)),
    existing.id,
  ])
  await queries.bulk(`UPDATE ${table.name} SET ${parts.join(', ')}, updated_at = UTC_TIMESTAMP() WHERE id = ?`, values)
}

/** The decisions, with the ids of the created rows. */
export interface Written extends Decisions {
  readonly newIds: readonly number[]
  readonly notes: readonly RowNote[]
}

/** Adds a row to the audit log for every row that changed, the created ones first. */
async function logAll(
  queries: Queries,
  author: Author,
  table: ImportTable,
  { created, updated, newIds }: Written,
): Promise<void> {
  await writeLogs(queries, author, [
    ...created.map(({ row }, index) => table.created(newIds[index] ?? 0, row)),
    ...updated.map(({ existing, changes }) => ({
      ...table.updated(existing),
      changes: { before: existing, after: ofFields(table, changes) },
    })),
  ])
}

/** The columns that a file has: a derived one changes only with its source. */
const ofFields = ({ derived }: ImportTable, changes: Update['changes']): Update['changes'] =>
  Object.fromEntries(Object.entries(changes).filter(([column]) => !(column in derived)))
