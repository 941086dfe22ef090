import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from './support/folder.ts'

const root = resolve(import.meta.dirname, '..')
const folder = temporaryFolder()

const advisory = (id: string, name: string, events: object[], more: object = {}): object => ({
  id,
  summary: `a fault of ${name}`,
  database_specific: { severity: 'HIGH' },
  affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }],
  ...more,
})

/** Writes advisories, and resolves to what `npm run audit:offline` says about them. */
function audit(...advisories: object[]): Promise<{ exitCode: unknown; output: string }> {
  const path = join(folder, String(Math.random()))
  mkdirSync(path)
  advisories.forEach((entry, index) => writeFileSync(join(path, `${index}.json`), JSON.stringify(entry)))
  return script(path)
}

function script(...args: string[]): Promise<{ exitCode: unknown; output: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [join(root, 'scripts', 'audit.mjs'), ...args], (error, stdout, stderr) =>
      done({ exitCode: error === null ? 0 : error.code, output: stdout + stderr }),
    )
  })
}

it('finds what an advisory says about an installed version', async () => {
  const { exitCode, output } = await audit(
    advisory('GHSA-test-0001', 'csv-parse', [{ introduced: '0' }, { last_affected: '9999.0.0' }]),
  )
  expect(output).toMatch(
    /^csv-parse[^]*Severity: high[^]*a fault of csv-parse - https:\/\/osv\.dev\/vulnerability\/GHSA-test-0001/m,
  )
  expect(exitCode).toBe(1)
})

it('finds nothing in fixed versions, in packages that are not here, and in withdrawn advisories', async () => {
  const { exitCode, output } = await audit(
    advisory('GHSA-test-0002', 'csv-parse', [{ introduced: '0' }, { fixed: '0.0.2' }]),
    advisory('GHSA-test-0003', 'left-pad', [{ introduced: '0' }]),
    advisory('GHSA-test-0004', 'csv-parse', [{ introduced: '0' }], { withdrawn: '2026-01-01T00:00:00Z' }),
  )
  expect(output).toContain('found 0 vulnerabilities')
  expect(exitCode).toBe(0)
})

it.each([[[]], [[join(folder, 'nowhere')]]])('needs a folder: %j', async (args) => {
  expect(await script(...args)).toEqual({
    exitCode: 2,
    output: expect.stringMatching(/^usage: npm run audit:offline -- FOLDER\n/),
  })
})
