import { shown } from '../rules.ts'
import type { DraftRow, OnConflict, Refusal } from './draft-row.ts'
import type { ImportRow, Kind, RowThere, Stored } from './tables.ts'

/** A row that is there and what will be different. */
export interface Update {
  readonly there: RowThere
  readonly changes: Readonly<Record<string, Stored>>
}

/** What shall become of some rows of a file. */
export interface Decisions {
  readonly created: DraftRow[]
  readonly updated: Update[]
  /** Ids of rows that are so already, and of rows that are left as they are. */
  readonly unchanged: number[]
  readonly skipped: number[]
  readonly refused: Refusal[]
}

/** A row that this file will create has no id yet. */
const ofThisFile: RowThere = { id: 0 }

/** Who has which unique value: at first the shop, then, row by row, the shop as it will be. */
class Holders {
  readonly #byColumn: ReadonlyMap<string, Map<string, RowThere>>

  constructor(
    private readonly kind: Kind,
    there: readonly RowThere[],
  ) {
    this.#byColumn = new Map(kind.unique.map((column) => [column, new Map<string, RowThere>()]))
    for (const row of there) this.put(row, row)
  }

  of(column: string, row: ImportRow): RowThere | undefined {
    const value = row[column]
    return typeof value === 'string' ? this.#byColumn.get(column)?.get(this.kind.fold(value)) : undefined
  }

  put(values: ImportRow, holder: RowThere): void {
    for (const [column, holders] of this.#byColumn) {
      const value = values[column]
      if (typeof value === 'string') holders.set(this.kind.fold(value), holder)
    }
  }

  /** What a row gives up is free for the next. */
  move(from: RowThere, to: ImportRow): void {
    for (const [column, holders] of this.#byColumn) holders.delete(this.kind.fold(String(from[column])))
    this.put(to, ofThisFile)
  }
}

/**
 * `there` are the rows that share a unique value with one of the drafts; `seen` are those that earlier lines were
 * about.
 */
export function decide(
  kind: Kind,
  onConflict: OnConflict,
  drafts: readonly DraftRow[],
  { there, seen }: { there: readonly RowThere[]; seen: SeenIds },
): Decisions {
  const decisions: Decisions = { created: [], updated: [], unchanged: [], skipped: [], refused: [] }
  const [key] = kind.unique
  const holders = new Holders(kind, there)
  for (const draft of drafts) {
    const { record, row } = draft
    const found = holders.of(key, row)
    const conflict = conflictOf(kind, row, holders, seen)
    if (conflict !== undefined) decisions.refused.push({ record, ...conflict })
    else if (found === undefined) {
      decisions.created.push(draft)
      holders.put(row, ofThisFile)
    } else if (onConflict === 'error')
      decisions.refused.push({
        record,
        code: 'DUPLICATE',
        reason: `${said(key, row)} is already there (${kind.one} ${found.id})`,
      })
    else if (onConflict === 'skip') {
      decisions.skipped.push(found.id)
      holders.put(found, ofThisFile)
    } else {
      settle(decisions, found, row)
      holders.move(found, row)
    }
  }
  return decisions
}

/** What no `--on-conflict` settles: a line that comes back, and a value that belongs to somebody else. */
function conflictOf(
  { unique: [key, ...others], one }: Kind,
  row: ImportRow,
  holders: Holders,
  seen: SeenIds,
): Pick<Refusal, 'code' | 'reason'> | undefined {
  const isOfThisFile = ({ id }: RowThere): boolean => id === ofThisFile.id || seen.has(id)
  const own = holders.of(key, row)
  for (const column of [key, ...others]) {
    const holder = holders.of(column, row)
    if (holder === undefined) continue
    if (isOfThisFile(holder) && (column === key || holder !== own))
      return { code: 'BAD_INPUT', reason: `${said(column, row)} comes back: an earlier line has it` }
    if (column !== key && holder.id !== own?.id)
      return {
        code: 'DUPLICATE',
        reason: `${said(column, row)} belongs to ${one} ${shown(String(holder[key]))} (id ${holder.id})`,
      }
  }
  return undefined
}

function settle({ updated, unchanged }: Decisions, there: RowThere, row: ImportRow): void {
  const changes = Object.entries(row).filter(
    (entry): entry is [string, Stored] => entry[1] !== undefined && entry[1] !== there[entry[0]],
  )
  if (changes.length === 0) unchanged.push(there.id)
  else updated.push({ there, changes: Object.fromEntries(changes) })
}

const said = (column: string, row: ImportRow): string => `${column} ${shown(String(row[column]))}`

const bitsPerBlock = 4_096

/** The ids that a file has met: a bit for each, so that a million of them are nothing. */
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
