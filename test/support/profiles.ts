import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { login } from './people.ts'

/**
 * Profiles for a database of the private server, in a file in this folder: who works there, and what is said of the
 * database.
 */
export function writeProfiles(folder: string, database: string, marks: Readonly<Record<string, object>>): void {
  const { DB_USER: user } = login('owner')
  const profiles = Object.fromEntries(
    Object.entries(marks).map(([name, more]) => [name, { socket: inject('socket'), database, user, ...more }]),
  )
  writeFileSync(join(folder, '.dbtool.json'), JSON.stringify({ profiles }))
  chmodSync(join(folder, '.dbtool.json'), 0o600)
}
