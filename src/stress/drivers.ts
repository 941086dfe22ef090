import type { BenchedConnection, BenchedDriver } from '../db/benched-drivers.ts'
import { translate } from '../db/failures.ts'
import type { Target } from '../db/target.ts'
import { ownCpuMs } from './cpu-time.ts'
import { tenThousand } from './ten-thousand.ts'
import { median } from './median.ts'

/** An operation that a driver repeats. `perRun` is the number of rows or queries in one run. */
interface Task {
  readonly name: string
  readonly perRun: number
  /** Runs once before the measurement. */
  readonly prepare?: (connection: BenchedConnection) => Promise<unknown>
  readonly run: (connection: BenchedConnection, target: () => Promise<BenchedConnection>) => Promise<unknown>
}

/** A temporary table is visible to its own connection only, and it is dropped with it. */
const makeScratch = async (connection: BenchedConnection): Promise<void> => {
  await connection.rows('DROP TEMPORARY TABLE IF EXISTS dbtool_bench_drivers')
  await connection.rows('CREATE TEMPORARY TABLE dbtool_bench_drivers (n INT, name VARCHAR(50))')
}
const batchRows = 1_000
const rows = Array.from({ length: batchRows }, (_, index) => [index, `name ${index}`])
const insertion = 'INSERT INTO dbtool_bench_drivers (n, name) VALUES (?, ?)'

export const tasks: readonly Task[] = [
  { name: 'connect', perRun: 1, run: async (_connection, open) => (await open()).end() },
  { name: 'ping', perRun: 1, run: (connection) => connection.ping() },
  { name: 'one row', perRun: 1, run: (connection) => connection.rows("SELECT 1 AS n, 'some text' AS t, 1.50 AS d") },
  {
    name: '10,000 rows',
    perRun: 10_000,
    run: (connection) => connection.rows(`SELECT seq AS n, 'some text' AS t, seq / 4 AS d FROM ${tenThousand}`),
  },
  {
    name: 'prepared, one row',
    perRun: 1,
    run: (connection) => connection.execute('SELECT ? AS n, ? AS t', [1, 'some text']),
  },
  {
    name: 'insert',
    perRun: 1,
    prepare: makeScratch,
    run: (connection) => connection.execute(insertion, [1, 'name']),
  },
  {
    name: 'batch insert',
    perRun: batchRows,
    prepare: makeScratch,
    run: (connection) => connection.batch(insertion, rows),
  },
]

/** Medians over the rounds. */
export interface DriverFigures {
  readonly task: string
  readonly driver: string
  /** Queries or rows per second, depending on the task. */
  readonly per_second: number
  /** Processor time of this process per query or row, in microseconds. */
  readonly cpu_us: number
  /** The largest growth of the resident memory of this process during the task. */
  readonly memory_mb: number
}

export interface DriverPlan {
  readonly drivers: readonly BenchedDriver[]
  readonly target: Target
  readonly rounds: number
  readonly trialMs: number
  readonly signal: AbortSignal
}

/**
 * Measures each task with each driver; the drivers alternate, in reverse order in every other round. Resolves to the
 * medians of each task and driver. Rejects with the reason of `signal` after an interrupt.
 */
export async function compareDrivers({
  drivers,
  target,
  rounds,
  trialMs,
  signal,
}: DriverPlan): Promise<DriverFigures[]> {
  const results: DriverFigures[] = []
  for (const task of tasks) {
    const trials = new Map(drivers.map((driver) => [driver, [] as Trial[]]))
    for (let round = 0; round < rounds; round += 1) {
      for (const driver of round % 2 === 0 ? drivers : [...drivers].reverse()) {
        signal.throwIfAborted()
        trials.get(driver)?.push(await trial(task, driver, { target, trialMs, signal }))
      }
    }
    for (const [{ name }, measured] of trials) {
      const at = (value: (trial: Trial) => number): number => Number((median(measured.map(value)) ?? 0).toPrecision(4))
      results.push({
        task: task.name,
        driver: name,
        per_second: at(({ perSecond }) => perSecond),
        cpu_us: at(({ cpuUs }) => cpuUs),
        memory_mb: at(({ memoryMb }) => memoryMb),
      })
    }
  }
  return results
}

interface Trial {
  readonly perSecond: number
  readonly cpuUs: number
  readonly memoryMb: number
}

async function trial(
  task: Task,
  driver: BenchedDriver,
  { target, trialMs, signal }: Pick<DriverPlan, 'target' | 'trialMs' | 'signal'>,
): Promise<Trial> {
  const connection = await driver.connect()
  try {
    await task.prepare?.(connection)
    const before = process.memoryUsage.rss()
    const cpu = ownCpuMs()
    const started = performance.now()
    let [runs, peak] = [0, before]
    while (performance.now() - started < trialMs && !signal.aborted) {
      await task.run(connection, () => driver.connect())
      runs += 1
      if (runs % 16 === 1) peak = Math.max(peak, process.memoryUsage.rss())
    }
    const seconds = (performance.now() - started) / 1_000
    const cpuUs = (ownCpuMs() - cpu) * 1_000
    const done = Math.max(1, runs * task.perRun)
    return { perSecond: done / seconds, cpuUs: cpuUs / done, memoryMb: (peak - before) / 2 ** 20 }
  } catch (error) {
    throw translate(error, target)
  } finally {
    await connection.end()
  }
}

/** The JavaScript value that a driver returns for an SQL value. */
export interface Difference {
  readonly value: string
  readonly driver: string
  readonly becomes: string
}

const values: Readonly<Record<string, string>> = {
  'DECIMAL 1.10': 'CAST(1.10 AS DECIMAL(10, 2))',
  'BIGINT 2^53 + 1': 'CAST(9007199254740993 AS SIGNED)',
  'COUNT(*)': 'COUNT(*)',
  'DATETIME 2026-01-02 03:04:05': "CAST('2026-01-02 03:04:05' AS DATETIME)",
  'DATE 2026-01-02': "CAST('2026-01-02' AS DATE)",
  'TIME 25:00:00': "CAST('25:00:00' AS TIME)",
  'BINARY 0x01': "CAST(b'1' AS BINARY)",
  TRUE: 'TRUE',
  'JSON {"a":1}': `JSON_OBJECT('a', 1)`,
  NULL: 'NULL',
}

/** The same values from every driver as it comes. */
export async function differences(drivers: readonly BenchedDriver[], target: Target): Promise<Difference[]> {
  const found: Difference[] = []
  for (const [value, sql] of Object.entries(values)) {
    for (const driver of drivers) {
      const connection = await driver.connect()
      try {
        const [row] = await connection.rows(`SELECT ${sql} AS v`)
        found.push({ value, driver: driver.name, becomes: inJavaScript(row?.['v']) })
      } catch (error) {
        throw translate(error, target)
      } finally {
        await connection.end()
      }
    }
  }
  return found
}

function inJavaScript(value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Date) return `Date ${value.toISOString()}`
  if (Buffer.isBuffer(value)) return `Buffer ${value.toString('hex')}`
  if (typeof value === 'bigint') return `bigint ${value.toString()}`
  return `${typeof value} ${JSON.stringify(value)}`
}
