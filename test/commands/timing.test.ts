import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { renewedShop } from '../support/shop.ts'

const shop = testDatabase()
const { name: database } = shop
beforeAll(() => renewedShop(shop))

const sentence = /^(\d+) ms, of which (\d+) ms in (\d+) statements?\n$/

/** What the last line of stderr says. */
function timeOf(stderr: string): { ms: number; databaseMs: number; statements: number } {
  const [, ms, databaseMs, statements] = sentence.exec(stderr.split(/^/m).at(-1) ?? '') ?? []
  return { ms: Number(ms), databaseMs: Number(databaseMs), statements: Number(statements) }
}

describe('--timing', () => {
  it('says at the end how long it took, the database of that, and in how many statements', async () => {
    const { stdout, stderr } = await dbtool('users list --format csv --timing', { database })
    const { ms, databaseMs, statements } = timeOf(stderr)
    expect(stderr).toMatch(sentence)
    expect(databaseMs).toBeLessThanOrEqual(ms)
    expect(statements).toBe((await dbtool('users list --sql', { database })).stderr.match(/^→/gm)?.length)
    expect(stdout).toBe((await dbtool('users list --format csv', { database })).stdout)
  })

  it('counts every statement, also of what was tried in vain, and says so with -q', async () => {
    const { stderr, exitCode } = await dbtool('orders place --user ada --item TEA-1:100000 --timing -q', { database })
    expect(exitCode).toBe(6)
    expect(stderr).toMatch(/^error: /)
    expect(timeOf(stderr).statements).toBeGreaterThan(3)
  })

  it('is one object on a line of its own with --json, also after an error', async () => {
    const { stdout, stderr } = await dbtool('users list --json --timing', { database })
    expect(JSON.parse(stdout)).toHaveLength(2)
    expect(JSON.parse(stderr)).toEqual({
      timing: { ms: expect.any(Number), database_ms: expect.any(Number), statements: expect.any(Number) },
    })
    const failed = await dbtool('users get nobody --json --timing', { database })
    expect(
      failed.stderr
        .trimEnd()
        .split('\n')
        .map((line) => Object.keys(JSON.parse(line) as object)),
    ).toEqual([['error'], ['timing']])
  })

  it('counts from when the process began', async () => {
    const { stderr } = await dbtool('config show --timing', { database, startedMs: performance.now() - 60_000 })
    expect(stderr).toMatch(/^6\d\.\d s, of which 0 ms in 0 statements\n$/)
  })

  it('says nothing where nobody asks, nor where the command line is wrong', async () => {
    expect((await dbtool('users list', { database })).stderr).toBe('')
    expect((await dbtool('users list --limit x --timing', { database })).stderr).not.toMatch(/ ms/)
  })
})
