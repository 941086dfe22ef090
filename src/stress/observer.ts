import { setTimeout as sleep } from 'node:timers/promises'
import type { Queries } from '../db/queries.ts'
import { ownCpuMs, processorTime } from './cpu-time.ts'
import { serverCpu, type ServerCpu } from './server-process.ts'

/** The server between two readings. Processor times are numbers of processors: 1 is one processor, all the time. */
export interface ServerInterval {
  /** The end of the interval, in seconds after the start of the run. */
  readonly second: number
  readonly seconds: number
  /** Threads that run a statement, and transactions that wait for a row lock; null after the end of the load. */
  readonly threads_running: number | null
  readonly row_lock_waiting: number | null
  /** Statements of all clients, and their waits for row locks. */
  readonly statements_per_s: number
  readonly row_lock_waits_per_s: number
  /** Null if the process of the server cannot be read from here. */
  readonly server_cpu: number | null
  readonly client_cpu: number
  readonly machine_cpu: number
}

/** The server during a whole load, for a table; null if there was no reading. */
export type ServerMeans = Omit<ServerInterval, 'second' | 'seconds'>

/** Watches the server during loads, from a connection of its own. */
export interface Observer {
  /** The settings of the server that matter for a load, by their names. */
  readonly settings: Readonly<Record<string, string>>
  readonly seesCpu: boolean
  /**
   * Reads the server now, each second (more often in a load of `expectedMs` that is short), and when the returned
   * function is called. That function resolves to the intervals between. A server that does not answer ends the
   * readings, not the load. Of several hosts, the next one is read, from its first answer on.
   */
  watch(expectedMs?: number): Promise<() => Promise<ServerInterval[]>>
}

const counters = ['Threads_running', 'Innodb_row_lock_current_waits', 'Questions', 'Innodb_row_lock_waits'] as const
type Counter = (typeof counters)[number] | 'Uptime'

/** A reading is one statement. */
const everyMs = 1_000
const leastMs = 100

/** `host` tells which of several hosts `queries` reach now. */
export async function observerOf(queries: Queries, host?: () => string | undefined): Promise<Observer> {
  const { Uptime } = await countersOf(queries)
  const first = await serverCpu(queries, Uptime)
  let [cpu, cpuOf] = [first, host?.()]
  const read = async (): Promise<Reading> => {
    const values = await countersOf(queries)
    if (host?.() !== cpuOf) [cpu, cpuOf] = [await serverCpu(queries, values.Uptime), host?.()]
    return reading(values, cpu, cpuOf)
  }
  return {
    settings: await settingsOf(queries),
    seesCpu: first !== undefined,
    watch: (expectedMs = Infinity) =>
      watch(read, {
        intervalMs: Math.max(leastMs, Math.min(everyMs, expectedMs / 5)),
        isOver: (answers) => !answers && host === undefined,
      }),
  }
}

interface Reading extends Readonly<Record<Counter, number>> {
  readonly at: number
  readonly host: string | undefined
  readonly serverMs: number | undefined
  readonly clientMs: number
  readonly machineMs: number
}

interface Watching {
  readonly intervalMs: number
  /** Whether a server that answers, or that does not answer, ends the readings. */
  readonly isOver: (answers: boolean) => boolean
}

async function watch(
  read: () => Promise<Reading>,
  { intervalMs, isOver }: Watching,
): Promise<() => Promise<ServerInterval[]>> {
  const readings: Reading[] = []
  const end = new AbortController()
  const tryRead = async (): Promise<boolean> => {
    try {
      readings.push(await read())
      return true
    } catch {
      return false
    }
  }
  const isReadable = await tryRead()
  const reading = (async () => {
    for (let answers = isReadable; !isOver(answers);) {
      const isEnd = await sleep(intervalMs, false, { signal: end.signal }).catch(() => true)
      if (isEnd) return
      answers = await tryRead()
    }
  })()
  return async () => {
    end.abort()
    await reading
    const during = readings.length
    await tryRead()
    return readings.slice(1).flatMap((after, index) => {
      // The counters of two servers cannot be compared.
      if (readings[index]?.host !== after.host) return []
      return [intervalOf(readings, index, index + 1 < during ? after : undefined)]
    })
  }
}

/** The interval after reading `index`; `during` is the reading at its end, if the load was running then. */
function intervalOf(readings: readonly Reading[], index: number, during: Reading | undefined): ServerInterval {
  const [first, before, after] = [readings[0], readings[index], readings[index + 1]] as [Reading, Reading, Reading]
  const ms = Math.max(1, after.at - before.at)
  const perSecond = (name: Counter, own: number): number =>
    rounded(Math.max(0, ((after[name] - before[name] - own) * 1_000) / ms))
  const processors = (of: (reading: Reading) => number): number => rounded(Math.max(0, (of(after) - of(before)) / ms))
  const isServerRead = before.serverMs !== undefined && after.serverMs !== undefined
  return {
    second: rounded((after.at - first.at) / 1_000),
    seconds: rounded(ms / 1_000),
    // The connection of the observer runs a statement, too.
    threads_running: during === undefined ? null : Math.max(0, during.Threads_running - 1),
    row_lock_waiting: during === undefined ? null : during.Innodb_row_lock_current_waits,
    statements_per_s: perSecond('Questions', 1),
    row_lock_waits_per_s: perSecond('Innodb_row_lock_waits', 0),
    server_cpu: isServerRead ? processors(({ serverMs }) => serverMs ?? 0) : null,
    client_cpu: processors(({ clientMs }) => clientMs),
    machine_cpu: processors(({ machineMs }) => machineMs),
  }
}

/** The means over the time of all intervals; null without any. */
export function meansOf(intervals: readonly ServerInterval[]): ServerMeans | null {
  if (intervals.length === 0) return null
  const mean = (of: (interval: ServerInterval) => number | null): number | null => {
    const known = intervals.flatMap((interval) => {
      const value = of(interval)
      return value === null ? [] : [{ value, weight: interval.seconds }]
    })
    const weight = known.reduce((sum, part) => sum + part.weight, 0)
    return weight === 0 ? null : rounded(known.reduce((sum, part) => sum + part.value * part.weight, 0) / weight)
  }
  return {
    threads_running: mean(({ threads_running }) => threads_running),
    row_lock_waiting: mean(({ row_lock_waiting }) => row_lock_waiting),
    statements_per_s: mean(({ statements_per_s }) => statements_per_s) ?? 0,
    row_lock_waits_per_s: mean(({ row_lock_waits_per_s }) => row_lock_waits_per_s) ?? 0,
    server_cpu: mean(({ server_cpu }) => server_cpu),
    client_cpu: mean(({ client_cpu }) => client_cpu) ?? 0,
    machine_cpu: mean(({ machine_cpu }) => machine_cpu) ?? 0,
  }
}

async function reading(
  values: Readonly<Record<Counter, number>>,
  cpu: ServerCpu | undefined,
  host: string | undefined,
): Promise<Reading> {
  return {
    ...values,
    at: performance.now(),
    host,
    serverMs: await cpu?.(),
    clientMs: ownCpuMs(),
    machineMs: processorTime().busy,
  }
}

async function countersOf(queries: Queries): Promise<Readonly<Record<Counter, number>>> {
  const names = [...counters, 'Uptime'] as const
  const found = await variables(queries, 'STATUS', names)
  return Object.fromEntries(names.map((name) => [name, Number(found.get(name.toLowerCase()) ?? 0)])) as Record<
    Counter,
    number
  >
}

/** The settings that change what a load costs. */
const settingNames = [
  'max_connections',
  'thread_handling',
  'innodb_buffer_pool_size',
  'innodb_flush_log_at_trx_commit',
  'sync_binlog',
  'log_bin',
  'transaction_isolation',
  'tx_isolation',
  'query_cache_type',
  'performance_schema',
  'version_compile_os',
  'version_compile_machine',
]

async function settingsOf(queries: Queries): Promise<Record<string, string>> {
  const found = await variables(queries, 'VARIABLES', settingNames)
  return Object.fromEntries(settingNames.flatMap((name) => [[name, found.get(name)]]).filter(isSet))
}

const isSet = (entry: (string | undefined)[]): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''

/** Global variables by their names in lower case. MySQL has no tables of them in information_schema. */
async function variables(
  queries: Queries,
  kind: 'STATUS' | 'VARIABLES',
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.rows<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL ${kind} WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  )
  return new Map(rows.map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Value]))
}

const rounded = (value: number): number => Number(value.toFixed(3))
