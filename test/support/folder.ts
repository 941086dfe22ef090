import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { folderForData } from './memory.ts'

/** A folder for one test file; call it at the top of the file. `servers`: one in which servers have their data. */
export function temporaryFolder({ servers = false } = {}): string {
  const path = mkdtempSync(join(servers ? folderForData() : tmpdir(), 'dbtool-test-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return path
}
