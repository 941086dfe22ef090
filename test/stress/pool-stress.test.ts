import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { StressResult } from '../../src/stress/result.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

describe('pool stress', () => {
  // Any database will do: there is no shop in this one.
  const database = testDatabase({ migrated: false })
  const stress = async (flags: string): Promise<StressResult> =>
    (await dbtool(`pool stress --json ${flags}`, { database: database.name })).json<StressResult>()

  it("without flags is the chapter's test: 50 workers, 5 + 10 connections, and all succeed", async () => {
    const result = await stress('')
    expect(result).toMatchObject({
      mode: 'fair',
      pool_size: 5,
      max_overflow: 10,
      workers: 50,
      ok: 50,
      failed: 0,
      timeouts: 0,
      errors: [],
      queue_peak: 45,
      loop: 'closed',
      fairness: { min_ops: 1, max_ops: 1, jain: 1 },
    })
    expect(result.connections).toEqual({ opened: 10, closed: 10, peak: 15 })
    // Four rounds of a tenth of a second.
    expect(result.seconds).toBeGreaterThan(0.4)
    expect(result.execute_ms.p50).toBeGreaterThanOrEqual(100)
  })

  it.each([
    // Slower than the chapter's by four, so that a busy machine does not change the count: min(50, 15 × ceil(1000 /
    // 400)).
    ['--sql "SELECT SLEEP(0.4)" --pool-timeout 1s', 45, 5],
    ['--sql "SELECT SLEEP(0.4)" --pool-timeout 600ms', 30, 20],
    ['--sql "SELECT SLEEP(0.8)" --pool-timeout 400ms', 15, 35],
  ])('%s: %d ok, %d time-outs, each of them with its reason', async (flags, ok, timeouts) => {
    const result = await stress(flags)
    expect(result).toMatchObject({
      ok,
      failed: timeouts,
      timeouts,
      errors: [{ code: 'POOL_TIMEOUT', count: timeouts }],
    })
    expect(result.errors[0]?.message).toMatch(
      /no connection within \d+ ms from a pool of 5 \+ 10: 15 in use, 0 idle, 0 opening, \d+ waiting/,
    )
  })

  it.each([
    [
      'fair',
      '--mode fair --pool-size 2 --max-overflow 0',
      { pool_size: 2, max_overflow: 0, connections: { opened: 0, closed: 0, peak: 2 } },
    ],
    ['static', '--mode static', { pool_size: 1, max_overflow: 0, connections: { opened: 0, closed: 0, peak: 1 } }],
    ['none', '--mode none', { pool_size: 0, max_overflow: 0, connections: { opened: 20, closed: 20 } }],
    ['driver', '--mode driver --pool-size 2 --max-overflow 0', { pool_size: 2 }],
  ])('mode %s runs the same load', async (mode, flags, expected) => {
    expect(await stress(`${flags} --workers 4 --iterations 5 --sql "SELECT 1"`)).toMatchObject({
      mode,
      ok: 20,
      failed: 0,
      ...expected,
    })
  })

  it('opens a large pool without a warning of Node', async () => {
    const warnings: string[] = []
    const listen = ({ message }: Error): void => void warnings.push(message)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    expect(await stress('--pool-size 14 --max-overflow 0 --workers 14 --sql "SELECT 1"')).toMatchObject({ ok: 14 })
    expect(warnings).toEqual([])
  })

  it('goes on for a duration, after a warm-up that is not counted', async () => {
    const { ok, fairness, seconds } = await stress(
      '--workers 8 --pool-size 4 --max-overflow 0 --sql "SELECT 1" --duration 500ms --warmup 200ms',
    )
    expect(seconds).toBeGreaterThanOrEqual(0.5)
    expect(fairness.jain).toBeGreaterThan(0.9)
    expect(ok).toBeGreaterThan(100)
  })

  it('counts what fails, and fails itself when nothing succeeded', async () => {
    const { exitCode, json, error } = await dbtool(
      'pool stress --json --sql "SELECT (SELECT 1 UNION SELECT 2)" --workers 3',
      { database: database.name },
    )
    expect(exitCode).toBe(1)
    expect(json<StressResult>()).toMatchObject({
      ok: 0,
      failed: 3,
      timeouts: 0,
      errors: [{ code: 'QUERY_FAILED', count: 3, message: 'Subquery returns more than 1 row' }],
    })
    expect(error).toMatchObject({ code: 'QUERY_FAILED', message: 'no iteration succeeded' })
  })

  it.each([
    ['--sql "SELECT nonsense"', "--sql 'SELECT nonsense': Unknown column 'nonsense' in 'SELECT'"],
    [
      '--sql "SELECT * FROM nowhere WHERE id = {{random 1 9}}"',
      /^--sql 'SELECT \* FROM nowhere WHERE id = .*': Table '.*\.nowhere' doesn't exist$/,
    ],
    ['--sql "SELECT 1" --sql "9: SELEC 1"', /^--sql '9: SELEC 1': You have an error in your SQL syntax; /],
  ])('runs nothing that the server cannot understand: %s', async (flags, message) => {
    const { exitCode, stdout, error } = await dbtool(`pool stress --json --duration 1h ${flags}`, {
      database: database.name,
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(error).toMatchObject({
      code: 'USAGE',
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      hint: 'nothing was run',
    })
  })

  it.each(['SHOW STATUS', 'BEGIN NOT ATOMIC SELECT 1; END', "PREPARE one FROM 'SELECT 1'"])(
    'but what the server only runs, and cannot prepare, is run: %s',
    async (sql) => {
      const { result } = await dbtool(['pool', 'stress', '--json', '--workers', '1', '--sql', sql], {
        database: database.name,
      }).then(({ json }) => ({ result: json<StressResult>() }))
      expect(result.ok + result.failed).toBe(1)
    },
  )

  it('that fails gives back what it opened, and has waited for it all the same', async () => {
    const { stdout, stderr, json } = await dbtool(
      ['pool', 'stress', '--format', 'ndjson', '--sql', 'SELECT (SELECT 1 UNION SELECT 2)'],
      { database: database.name },
    )
    const { connections, acquire_ms, execute_ms } = json<StressResult>()
    expect(stdout).not.toBe('')
    expect(connections.closed).toBe(connections.opened)
    expect([acquire_ms.p50, acquire_ms.max, execute_ms.p50]).toEqual([expect.any(Number), expect.any(Number), null])
    expect(stderr).toMatch(/^0 ok, 0 time-outs, 50 other failures/)
  })

  it('has no queue but that of the run itself', async () => {
    expect(await stress('--workers 1 --sql "DO 0"')).toMatchObject({
      queue_peak: 0,
      connections: { opened: 0, peak: 5 },
    })
    expect(await stress('--workers 7 --max-overflow 0 --sql "SELECT SLEEP(0.1)" --warmup 100ms')).toMatchObject({
      queue_peak: 2,
      connections: { opened: 0, peak: 5 },
    })
  })

  it('on a server that takes no more connections says to use fewer', async () => {
    // A user who may have three takes none from the other tests.
    const login = `few_${randomBytes(4).toString('hex')}`
    await database.connection.execute(
      `CREATE USER ${login}@localhost IDENTIFIED BY 'Three-of-them-1' WITH MAX_USER_CONNECTIONS 3`,
    )
    const { error } = await dbtool(
      `pool stress --json --pool-timeout 1s --pool-size 20 --user ${login} --database information_schema`,
      { database: database.name, env: { DB_PASSWORD: 'Three-of-them-1' } },
    )
    await database.connection.execute(`DROP USER ${login}@localhost`)
    expect(error).toMatchObject({
      code: 'POOL_TIMEOUT',
      message: expect.stringMatching(/opening another connection failed/),
      hint: `use a smaller pool, or raise it: ALTER USER '${login}'@'…' WITH MAX_USER_CONNECTIONS n`,
    })
  })

  it('says a wrong address at once', async () => {
    expect(await dbtool('pool stress --json', { env: { DB_HOST: '127.0.0.1', DB_PORT: '1' } })).toMatchObject({
      exitCode: 4,
      stdout: '',
      error: { code: 'UNREACHABLE' },
    })
  })

  it('shows people the percentiles as a table', async () => {
    const { stdout, stderr } = await dbtool('pool stress --workers 2 --sql "SELECT 1"', { database: database.name })
    expect(stdout).toMatch(/│ ms +│ +p50 │ +p90 │ +p95 │ +p99 │ +p999 │ +max │ +mean │/)
    for (const line of ['acquire', 'execute', 'total', 'peak connections', "fairness (Jain's index"])
      expect(stdout).toContain(line)
    expect(stderr).toContain('2 ok, 0 time-outs, 0 other failures')
  })
})
