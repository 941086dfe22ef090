import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

interface Row {
  readonly mode: string
  readonly throughput: number
  readonly failed: number
  readonly opened: number
  readonly jain: number
  readonly pool_size: number
  readonly seconds: number
}

describe('pool compare', () => {
  const database = testDatabase()
  const compare = async (...flags: string[]): Promise<Row[]> => {
    const line = ['pool', 'compare', '--json', '--workers', '4', '--duration', '100ms', '--warmup', '0ms', ...flags]
    return (await dbtool(line, { database: database.name })).json<Row[]>()
  }

  it('runs the same statements over all pools, with values that are bound', async () => {
    const rows = await compare('--sql', '3: SELECT {{random 1 9}} AS n', '--sql', 'DO 1', '--pool-size', '2')
    expect(rows.map(({ mode, pool_size }) => [mode, pool_size])).toEqual([
      ['fair', 2],
      ['driver', 2],
      ['mysql2', 2],
      ['tarn', 2],
      ['static', 1],
      ['none', 0],
    ])
    for (const { mode, throughput, failed } of rows) expect([mode, throughput > 0, failed]).toEqual([mode, true, 0])
  })

  it('shows how evenly each pool serves its callers, and how many connections it opens', async () => {
    const rows = await compare('--sql', 'SELECT 1', '--workers', '10', '--pool-size', '2', '--duration', '300ms')
    const [fair, none] = [rows[0], rows.at(-1)]
    expect(fair!.jain).toBeGreaterThan(0.95)
    expect(none!.opened).toBeGreaterThan(10)
  })

  it('counts a statement that fails in every pool', async () => {
    const rows = await compare('--sql', 'SELECT (SELECT 1 UNION SELECT 2)', '--pool-size', '2')
    for (const { mode, throughput, failed } of rows) expect([mode, throughput, failed > 0]).toEqual([mode, 0, true])
  })

  it('fits a terminal of 80 columns without broken names', async () => {
    const line = 'pool compare --workload ping --workers 2 --duration 50ms --warmup 0ms --color never'
    const { stdout, stderr } = await dbtool(line, { database: database.name, columns: 80 })
    for (const name of ['fair', 'driver', 'mysql2', 'tarn', 'static', 'none', 'mode', 'throughput', 'timeouts'])
      expect(stdout).toMatch(new RegExp(`│ +${name} +│`))
    expect(stderr).toContain('the terminal is too narrow for jain')
  })

  it('after an interrupt, it has only the pools that were measured to the end', async () => {
    await database.connection.execute('CREATE TABLE connections (id INT PRIMARY KEY)')
    const interrupt = new AbortController()
    const line = ['pool', 'compare', '--json', '--sql', 'INSERT IGNORE INTO connections VALUES (CONNECTION_ID())']
    const flags = ['--workers', '1', '--pool-size', '1', '--duration', '300ms', '--warmup', '0ms']
    const running = dbtool([...line, ...flags], { database: database.name, signal: interrupt.signal })
    const used = async (): Promise<number> => (await database.connection.rows('SELECT id FROM connections')).length
    // The second connection is that of the second pool.
    while ((await used()) < 2) await sleep(20)
    interrupt.abort('SIGINT')
    const { exitCode, json } = await running
    const measured = json<Row[]>()
    expect([exitCode, measured.length > 0, measured.length < 6]).toEqual([130, true, true])
    for (const { mode, throughput, seconds } of measured)
      expect([mode, throughput > 0, seconds >= 0.3]).toEqual([mode, true, true])
  })

  it('reports a wrong password once, in the words of dbtool', async () => {
    const { exitCode, error } = await dbtool('pool compare --json --duration 100ms', {
      database: database.name,
      env: { DB_USER: 'nobody', DB_PASSWORD: 'wrong' },
    })
    expect([exitCode, error.code]).toEqual([4, 'ACCESS_DENIED'])
  })
})
