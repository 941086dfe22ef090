import type { Verbs } from '../kit/command.ts'
import { dbCheck } from './check.ts'
import { dbGrants } from './grants.ts'
import { dbMigrate } from './migrate.ts'
import { dbReset } from './reset.ts'
import { dbRollback } from './rollback.ts'
import { dbSeed } from './seed.ts'
import { dbStatus } from './status.ts'

export const verbs: Verbs = {
  migrate: dbMigrate,
  rollback: dbRollback,
  status: dbStatus,
  seed: dbSeed,
  reset: dbReset,
  check: dbCheck,
  grants: dbGrants,
}
