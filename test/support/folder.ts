import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for one test file; call it at the top of the file. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dbtool-test-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return path
}
