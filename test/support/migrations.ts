import { loadMigrations } from '../../src/db/migrations/migration-files.ts'

/** The migrations of dbtool. Tests name the last ones through this, so that a new migration changes none of them. */
export const shipped = loadMigrations()

/** As messages name them, the last one first: `2 (sales)`, `1 (shop)`. */
export const rollbackNames = shipped.toReversed().map(({ version, name }) => `${version} (${name})`)
