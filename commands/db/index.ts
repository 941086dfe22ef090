import type { Verbs } from '../kit/command.ts'
import { dbCheck } from './check.ts'
import { dbDump } from './dump.ts'
import { dbGrants } from './grants.ts'
import { dbMigrate } from './migrate.ts'
import { dbReset } from './reset.ts'
import { dbRestore } from './restore.ts'
import { dbRollback } from './rollback.ts'
import { dbSeed } from './seed.ts'
import { dbShell } from './shell.ts'
import { dbStatus } from './status.ts'

export const verbs: Verbs = {
  migrate: dbMigrate,
  rollback: dbRollback,
  status: dbStatus,
  seed: dbSeed,
  reset: dbReset,
  check: dbCheck,
  grants: dbGrants,
  shell: dbShell,
  dump: dbDump,
  restore: dbRestore,
}
