import { assertUsable } from '../db/migrations/schema-state.ts'
import { beingMigrated } from '../db/migrations/usable.ts'
import { DbtoolError } from '../errors.ts'
import type { Migrations } from './facts.ts'
import { fault, type Judgement } from './finding.ts'
import { fixOf } from './fix.ts'

/** The fault of the schema; undefined if the schema is usable. */
export function schemaFault(migrations: Migrations): Judgement | undefined {
  if ('foreign' in migrations) return fault(migrations.foreign.message, 'use another DB_NAME, or rename that table')
  try {
    if (migrations.migrating !== undefined) throw beingMigrated(migrations.migrating)
    if (migrations.conflict !== undefined) throw migrations.conflict
    assertUsable(migrations.states)
    return undefined
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    return fault(error.message, fixOf(error.hint))
  }
}
