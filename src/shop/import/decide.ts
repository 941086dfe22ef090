import { quoteValue } from '../../values.ts'
import type { OtherName } from './differing-names.ts'
import { type DraftRow, keyColumn, type Refusal } from './draft-row.ts'
import type { ImportRow, ImportTable, ExistingRow, OnConflict, SensitiveColumn, Stored } from './tables.ts'
import { inWords } from '../../in-words.ts'

/** An existing row and the values that will change. */
export interface Update {
  readonly existing: ExistingRow
  readonly changes: Readonly<Record<string, Stored>>
}

/** The decisions for some rows of a file. */
export interface Decisions {
  readonly created: DraftRow[]
  readonly updated: Update[]
  /** Ids of rows that already match the file, and of rows that are skipped. */
  readonly unchanged: number[]
  readonly skipped: number[]
  /** The names in the file of skipped rows that have another one. */
  readonly otherNames: OtherName[]
  readonly refused: Refusal[]
  /** The permitted sensitive values that are written, by the name of their count. */
  readonly sensitive: SensitiveColumn['count'][]
}

type Conflict = Pick<Refusal, 'code' | 'reason'>

/** Stands for a row that this file creates, which has no id yet. */
const ofThisFile: ExistingRow = { id: 0 }

/** The holder of each unique value: first as the shop is now, then, row by row, as it will be. */
class UniqueIndex {
  readonly #byColumn: ReadonlyMap<string, Map<string, ExistingRow>>

  constructor(
    private readonly table: ImportTable,
    existing: readonly ExistingRow[],
  ) {
    this.#byColumn = new Map(table.unique.map((column) => [column, new Map<string, ExistingRow>()]))
    for (const row of existing) this.put(row, row)
  }

  of(column: string, row: ImportRow): ExistingRow | undefined {
    const value = row[column]
    return typeof value === 'string' ? this.#byColumn.get(column)?.get(this.table.fold(value)) : undefined
  }

  put(values: ImportRow, holder: ExistingRow): void {
    for (const [column, index] of this.#byColumn) {
      const value = values[column]
      if (typeof value === 'string') index.set(this.table.fold(value), holder)
    }
  }

  /** Moves a row to new values; the values that it gives up are free for the next row. */
  move(from: ExistingRow, to: ImportRow): void {
    for (const [column, index] of this.#byColumn) index.delete(this.table.fold(String(from[column])))
    const given = Object.fromEntries(Object.entries(to).filter(([, value]) => value !== undefined))
    this.put({ ...from, ...given }, ofThisFile)
  }
}

/**
 * Decides what happens to each draft. `existing` are the rows that share a unique value with one of the drafts; `seen`
 * are the ids that earlier lines referred to.
 */
export function decide(
  table: ImportTable,
  onConflict: OnConflict,
  drafts: readonly DraftRow[],
  { existing, seen }: { existing: readonly ExistingRow[]; seen: SeenIds },
): Decisions {
  const decisions: Decisions = {
    ...{ created: [], updated: [], unchanged: [], skipped: [], otherNames: [], refused: [], sensitive: [] },
  }
  const index = new UniqueIndex(table, existing)
  for (const draft of drafts) {
    const { record, row } = draft
    const key = keyColumn(table, row) ?? table.unique[0]
    const found = index.of(key, row)
    const sets = onConflict === 'update' || found === undefined ? sensitiveChanges(table, row, found) : []
    const refusal =
      conflictOf(table, row, index, { key, seen }) ??
      forbidden(table, sets) ??
      againstPolicy(table, draft, { key, found, onConflict })
    if (refusal !== undefined) decisions.refused.push({ record, ...refusal })
    else if (found === undefined) {
      decisions.created.push(draft)
      decisions.sensitive.push(...countsOf(table, sets))
      index.put(row, ofThisFile)
    } else if (onConflict === 'skip') {
      decisions.skipped.push(found.id)
      decisions.otherNames.push(...otherName(table, found, row))
      index.put(found, ofThisFile)
    } else {
      diffRow(decisions, found, row)
      decisions.sensitive.push(...countsOf(table, sets))
      index.move(found, row)
    }
  }
  return decisions
}

/** The name of a row in the file, if the row that stays as it is has another one. */
function otherName({ unique: [key], title }: ImportTable, existing: ExistingRow, row: ImportRow): OtherName[] {
  const [kept, name] = title === undefined ? [] : [existing[title], row[title]]
  if (typeof kept !== 'string' || typeof name !== 'string' || kept === name) return []
  return [{ sku: String(existing[key]), kept, name }]
}

/** The sensitive columns that a row would change; in a new row, those that differ from the initial value. */
function sensitiveChanges({ sensitive, rules }: ImportTable, row: ImportRow, existing?: ExistingRow): string[] {
  return Object.keys(sensitive).filter((column) => {
    const before = existing === undefined ? rules[column]?.initial : existing[column]
    return row[column] !== undefined && row[column] !== before
  })
}

const countsOf = ({ sensitive }: ImportTable, columns: readonly string[]): SensitiveColumn['count'][] =>
  columns.flatMap((column) => sensitive[column]?.count ?? [])

/** The refusal of a row that changes a sensitive column without its flag. */
function forbidden({ sensitive, permitted }: ImportTable, columns: readonly string[]): Conflict | undefined {
  const faults = columns
    .filter((column) => !permitted.includes(column))
    .map((column) => `${column} is set only with ${sensitive[column]?.flag}`)
  return faults.length === 0 ? undefined : { code: 'BAD_INPUT', reason: faults.join('; ') }
}

/** The refusal of a new row without all its values, and of an existing row with `--on-conflict error`. */
function againstPolicy(
  { one }: ImportTable,
  { row, missing }: DraftRow,
  { key, found, onConflict }: { key: string; found: ExistingRow | undefined; onConflict: OnConflict },
): Conflict | undefined {
  if (found !== undefined && onConflict === 'error')
    return { code: 'DUPLICATE', reason: `${keyValue(key, row)} already exists (${one} ${found.id})` }
  if (found !== undefined || missing.length === 0) return undefined
  const reason = `there is no ${one} with ${keyValue(key, row)}, and a new one needs ${inWords(missing)}`
  return { code: 'NOT_FOUND', reason }
}

/**
 * Conflicts that no `--on-conflict` policy resolves: a duplicate line in the file, and a value that belongs to another
 * row.
 */
function conflictOf(
  { unique, one }: ImportTable,
  row: ImportRow,
  index: UniqueIndex,
  { key, seen }: { readonly key: string; readonly seen: SeenIds },
): Conflict | undefined {
  const isOfThisFile = ({ id }: ExistingRow): boolean => id === ofThisFile.id || seen.has(id)
  const own = index.of(key, row)
  for (const column of [key, ...unique.filter((name) => name !== key)]) {
    const holder = index.of(column, row)
    if (holder === undefined) continue
    if (isOfThisFile(holder) && (column === key || holder !== own))
      return { code: 'BAD_INPUT', reason: `duplicate ${keyValue(column, row)}: already on an earlier line` }
    if (column !== key && holder.id !== own?.id)
      return {
        code: 'DUPLICATE',
        reason: `${keyValue(column, row)} belongs to ${one} ${quoteValue(String(holder[unique[0]]))} (id ${holder.id})`,
      }
  }
  return undefined
}

function diffRow({ updated, unchanged }: Decisions, existing: ExistingRow, row: ImportRow): void {
  const changes = Object.entries(row).filter(
    (entry): entry is [string, Stored] => entry[1] !== undefined && entry[1] !== existing[entry[0]],
  )
  if (changes.length === 0) unchanged.push(existing.id)
  else updated.push({ existing, changes: Object.fromEntries(changes) })
}

const keyValue = (column: string, row: ImportRow): string => `${column} ${quoteValue(String(row[column]))}`

const bitsPerBlock = 4_096

/** The ids that earlier lines of the file referred to, one bit each: a million ids take 125 KB. */
export class SeenIds {
  readonly #blocks = new Map<number, Uint32Array>()

  add(id: number): void {
    const block = Math.floor(id / bitsPerBlock)
    const words = this.#blocks.get(block) ?? new Uint32Array(bitsPerBlock / 32)
    this.#blocks.set(block, words)
    const bit = id % bitsPerBlock
    words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31))
  }

  has(id: number): boolean {
    const bit = id % bitsPerBlock
    const word = this.#blocks.get(Math.floor(id / bitsPerBlock))?.[bit >> 5] ?? 0
    return (word & (1 << (bit & 31))) !== 0
  }
}
