import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maskedLine } from '../../commands/kit/mask-arguments.ts'
import type { JudgedResult } from '../../src/stress/judged.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

const database = testDatabase({ migrated: false })
const folder = temporaryFolder()
const path = (name: string): string => join(folder, name)
const text = (name: string): string => readFileSync(path(name), 'utf8')

describe('the report files of the pool lab', () => {
  it('of a run, as Markdown: thresholds, the verdict, the command line and the versions', async () => {
    const line = ['pool', 'stress', '--workers', '2', '--iterations', '3', '--sql', "2: SELECT '|', 1", '--sql', 'DO 1']
    const flags = ['--threshold', 'ok>=6', '--threshold', 'total.p50<0ms', '--out', `md=${path('run.md')}`]
    expect((await dbtool([...line, ...flags], { database: database.name })).exitCode).toBe(99)
    const report = text('run.md')
    expect(report).toContain('## Load on a pool of 5 + 10\n')
    expect(report).toContain('| ✔ ok \\>= 6 | 6 |')
    expect(report).toMatch(/\| ✖ total\.p50 \\< 0 ms \| [\d.]+ ms \|/)
    expect(report).toContain("--sql '2: SELECT '\\''|'\\'', 1' --sql 'DO 1'")
    expect(report).toContain("| 2: SELECT '\\|', 1 |")
    expect(report).toMatch(/\| MariaDB \| \d+\.\d+/)
    const order = ['✔', '- ', '```sh', 'throughput'].map((part) => report.indexOf(part))
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  it('of a sweep, as Markdown and as pictures', async () => {
    const out = ['--out', `md=${path('tune.md')}`, '--out', `svg=${path('tune.svg')}`]
    const line = ['pool', 'tune', '--workload', 'ping', '--max', '2', '--duration', '100ms', '--rounds', '3', ...out]
    const { exitCode, stderr } = await dbtool([...line, '--warmup', '0ms'], { database: database.name })
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`svg written to ${path('tune.svg')}`)])
    expect(text('tune.md')).toMatch(/^## .*\n\n- /)
    expect(text('tune.md')).toMatch(/\| connections \| per second \|.*\n\|(?:---:\|)+\n\| 1 \|/)
    expect(text('tune.svg')).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*>\n<style>/)
    expect(text('tune.svg')).toContain('>Throughput by pool size</text>')
  })

  it.each([
    [['pool', 'stress', '--sql', "SELECT 'a'"], "dbtool pool stress --sql 'SELECT '\\''a'\\'''"],
    [['--url', 'mariadb://ada:hunter2@localhost/shop'], "dbtool --url 'mariadb://ada:********@localhost/shop'"],
    [['--url=mariadb://ada:hunter2@localhost/shop'], "dbtool '--url=mariadb://ada:********@localhost/shop'"],
    [['pool', 'tune', '--threads', '2'], 'dbtool pool tune --threads 2'],
  ])('have the command line for a shell, without its password: %j', (argv, line) => {
    expect(maskedLine(argv)).toBe(line)
  })

  it('of several statements, has the figures of each', async () => {
    const flags = [
      '--sql',
      '3: DO 1',
      '--sql',
      'SELECT (SELECT 1 UNION SELECT 2)',
      '--workers',
      '2',
      '--iterations',
      '40',
    ]
    const outcome = await dbtool(['pool', 'stress', '--json', ...flags], { database: database.name })
    const { ok, failed, statements } = outcome.json<JudgedResult>()
    expect(statements.map(({ statement }) => statement)).toEqual(['3: DO 1', 'SELECT (SELECT 1 UNION SELECT 2)'])
    const [first, second] = statements
    expect([first!.ok, first!.failed, second!.ok, second!.failed]).toEqual([ok, 0, 0, failed])
    expect(first!.execute_ms.p50).toBeGreaterThan(0)
    expect(second!.execute_ms.p50).toBeNull()
  })

  it('of one statement, has no figures of each', async () => {
    const line = 'pool stress --json --workload ping --iterations 1'
    expect((await dbtool(line, { database: database.name })).json<JudgedResult>().statements).toEqual([])
  })
})
