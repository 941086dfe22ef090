import type { Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import type { Author } from '../logs.ts'
import { decide } from './decide.ts'
import type { DraftRow, OnConflict, Refusal } from './draft-row.ts'
import type { Kind } from './tables.ts'
import { SeenIds } from './seen-ids.ts'
import { insertAll, logAll, rowsThere, updateAll, type Written } from './write-rows.ts'

/** Runs what is kept whole or taken back: a transaction, or a part of one. */
export type InUnit = <T>(work: (queries: Queries) => Promise<T>) => Promise<T>

/** How many rows became what. */
export type Taken = Readonly<Record<'created' | 'updated' | 'unchanged' | 'skipped', number>>

/** A row for which the database says one of these is refused; any other error ends the import. */
const refusing = new Set(['DUPLICATE', 'CONSTRAINT', 'MISSING_REFERENCE'])

/** Takes the rows of a file, some hundreds in one statement each. */
export class RowTaker {
  readonly #seen = new SeenIds()

  constructor(
    private readonly kind: Kind,
    private readonly onConflict: OnConflict,
    private readonly author: Author,
    private readonly inUnit: InUnit,
  ) {}

  /** Each unit that was kept is told to `took`. Resolves to the rows that were refused. */
  take(drafts: readonly DraftRow[], took: (taken: Taken) => void): Promise<Refusal[]> {
    // Where nothing should be there yet, the unique keys say so at less cost than a question.
    return this.attempt(drafts, this.onConflict === 'error' ? 'unasked' : 'asked', took)
  }

  /** Rows that the database refuses together are tried by halves, down to single ones. */
  private async attempt(
    drafts: readonly DraftRow[],
    how: 'unasked' | 'asked',
    took: (taken: Taken) => void,
  ): Promise<Refusal[]> {
    const [first] = drafts
    if (first === undefined) return []
    try {
      const { newIds, created, updated, unchanged, skipped, refused } = await this.inUnit((queries) =>
        this.write(queries, drafts, how),
      )
      for (const id of [...newIds, ...updated.map(({ there }) => there.id), ...unchanged, ...skipped])
        this.#seen.add(id)
      took({ created: created.length, updated: updated.length, unchanged: unchanged.length, skipped: skipped.length })
      return refused
    } catch (error) {
      if (!(error instanceof DbtoolError) || !refusing.has(error.code)) throw error
      if (how === 'unasked') return this.attempt(drafts, 'asked', took)
      if (drafts.length === 1) return [{ record: first.record, code: error.code, reason: error.message }]
      const half = Math.ceil(drafts.length / 2)
      return [
        ...(await this.attempt(drafts.slice(0, half), how, took)),
        ...(await this.attempt(drafts.slice(half), how, took)),
      ]
    }
  }

  private async write(queries: Queries, drafts: readonly DraftRow[], how: 'unasked' | 'asked'): Promise<Written> {
    const { kind, onConflict, author } = this
    const there = how === 'asked' ? await rowsThere(queries, kind, onConflict, drafts) : []
    const decisions = decide(kind, onConflict, drafts, { there, seen: this.#seen })
    const newIds = await insertAll(queries, kind, decisions.created)
    await updateAll(queries, kind, decisions.updated)
    const written = { ...decisions, newIds }
    await logAll(queries, author, kind, written)
    return written
  }
}
