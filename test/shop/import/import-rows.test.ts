import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { PooledDatabase, RollbackDatabase } from '../../../src/db/database.ts'
import type { Pool } from '../../../src/db/pool/pool.ts'
import type { Queries } from '../../../src/db/queries.ts'
import { openRecordFile } from '../../../src/files/record-file.ts'
import { importRows } from '../../../src/shop/import/import-rows.ts'
import { fieldsOf, importedProducts } from '../../../src/shop/import/tables.ts'
import { testDatabase, withPool } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'

const database = testDatabase()
const folder = temporaryFolder()

/** Its transactions are rolled back at their end, as after a deadlock, and start again. */
class UnluckyDatabase extends PooledDatabase {
  readonly #first: RollbackDatabase

  constructor(pool: Pool) {
    super(pool)
    this.#first = new RollbackDatabase(pool)
  }

  override async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    await this.#first.transaction(work)
    return super.transaction(work)
  }
}

it('an import that starts again counts and reports each rejected row once', async () => {
  const path = join(folder, 'products.csv')
  const rows = Array.from({ length: 1_100 }, (_, row) => `S${row % 1_000},Tea,${row === 7 ? 'x' : '1'}`)
  writeFileSync(path, `sku,name,price\n${rows.join('\n')}\n`)
  const file = await openRecordFile(path, {
    stdin: Readable.from([]),
    fields: fieldsOf(importedProducts, 'error'),
    map: new Map(),
  })
  const reported: number[] = []
  const summary = await withPool(database.target, {}, (pooled) =>
    importRows({
      table: importedProducts,
      file,
      db: new UnluckyDatabase(pooled.pool),
      author: { osUser: 'test', command: 'products import' },
      onConflict: 'error',
      onError: 'skip',
      inOne: 'whole',
      rejects: undefined,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onReject: ({ record }) => reported.push(record.line),
      onNote: () => undefined,
    }),
  )
  await file.close()
  // Line 9 is bad, so S7 is new on line 1,009; the other 99 are duplicates.
  expect(summary).toMatchObject({ rows_read: 1_100, created: 1_000, rejected: 100 })
  expect(reported).toEqual([
    9,
    ...Array.from({ length: 100 }, (_, row) => 1_002 + row).filter((line) => line !== 1_009),
  ])
  expect(
    await database.connection.rows(
      'SELECT (SELECT COUNT(*) FROM products) AS products, (SELECT COUNT(*) FROM logs) AS logs',
    ),
  ).toEqual([{ products: 1_000, logs: 1_000 }])
})
