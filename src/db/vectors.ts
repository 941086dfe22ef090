import type { Connection } from './connection/connection.ts'
import { originOf } from './connection/result-items.ts'

interface VectorRow {
  readonly db: string
  readonly table: string
  readonly name: string
}

const vectorsOf = `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS \`table\`, COLUMN_NAME AS name
  FROM information_schema.COLUMNS WHERE DATA_TYPE = 'vector' AND TABLE_SCHEMA = ? AND TABLE_NAME = ?`

/** The types as which the server sends vectors. */
const byteTypes: ReadonlySet<string> = new Set(['VAR_STRING'])

/**
 * Resolves to the columns of a statement's result that are vectors. In the result itself they look like bytes, so the
 * catalog of the server decides. Servers before 11.7 have none.
 */
export async function vectorColumns(connection: Connection, sql: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  if (!connection.isAtLeast(11, 7)) return found
  const bytes = ((await connection.columnsOf(sql)) ?? []).filter(({ type }) => byteTypes.has(type))
  const tables = new Map(bytes.map((column) => [`${column.db()}.${column.orgTable()}`, column]))
  for (const column of tables.values())
    for (const { db, table, name } of await connection.rows<VectorRow>(vectorsOf, [column.db(), column.orgTable()]))
      found.add(originOf({ db: () => db, orgTable: () => table, orgName: () => name }))
  return found
}
