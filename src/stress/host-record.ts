import type { Failover } from '../db/pool/chosen-server.ts'

/** The iterations that ended while the pool was connected to one of several hosts. */
export interface HostFigures {
  readonly host: string
  readonly ok: number
  readonly failed: number
}

/** A move of the pool to another of several hosts. */
export interface RecordedFailover extends Pick<Failover, 'from' | 'to' | 'reason'> {
  /** Seconds after the start of the measurement. */
  readonly second: number
}

/** A record in the form that threads send to each other. */
export interface HostData {
  readonly hosts: readonly HostFigures[]
  readonly failovers: readonly RecordedFailover[]
}

/** The hosts of a measurement, from its construction. It stays empty for a pool with a single server. */
export class HostRecord {
  readonly #started = performance.now()
  readonly #hosts = new Map<string, { ok: number; failed: number }>()
  readonly #failovers: RecordedFailover[] = []
  #current: { ok: number; failed: number } | undefined

  /** The sum of records of the same time. Each thread has its own pool, and all of them move. */
  static of(all: readonly HostData[]): HostRecord {
    const sum = new HostRecord()
    for (const { host, ok, failed } of all.flatMap(({ hosts }) => hosts)) {
      const counts = sum.#countsOf(host)
      counts.ok += ok
      counts.failed += failed
    }
    sum.#failovers.push(...firstOfEach(all.map(({ failovers }) => failovers)))
    return sum
  }

  data(): HostData {
    return {
      hosts: [...this.#hosts].map(([host, counts]) => ({ host, ...counts })),
      failovers: this.#failovers,
    }
  }

  succeeded(): void {
    if (this.#current !== undefined) this.#current.ok += 1
  }

  failed(): void {
    if (this.#current !== undefined) this.#current.failed += 1
  }

  /** From now on, iterations run at this host. */
  isAt(host: string): void {
    this.#current = this.#countsOf(host)
  }

  moved({ from, to, reason }: Failover): void {
    const second = Number(((performance.now() - this.#started) / 1_000).toFixed(3))
    this.#failovers.push({ second, from, to, reason })
  }

  #countsOf(host: string): { ok: number; failed: number } {
    const counts = this.#hosts.get(host) ?? { ok: 0, failed: 0 }
    this.#hosts.set(host, counts)
    return counts
  }
}

/** The earliest of the same failover in all threads. A thread that moves twice between two hosts has two failovers. */
function firstOfEach(all: readonly (readonly RecordedFailover[])[]): RecordedFailover[] {
  const earliest = new Map<string, RecordedFailover>()
  for (const failovers of all) {
    const counts = new Map<string, number>()
    for (const failover of failovers) {
      const pair = `${failover.from} ${failover.to}`
      const count = (counts.get(pair) ?? 0) + 1
      counts.set(pair, count)
      const known = earliest.get(`${pair} ${count}`)
      if (known === undefined || failover.second < known.second) earliest.set(`${pair} ${count}`, failover)
    }
  }
  return [...earliest.values()].sort((a, b) => a.second - b.second)
}

/** The host of a pool. It tells the record of the current measurement. */
export class WatchedHost {
  #host: string | undefined
  #record: HostRecord | undefined

  chosen(host: string): void {
    this.#host = host
    this.#record?.isAt(host)
  }

  moved(failover: Failover): void {
    this.#record?.moved(failover)
  }

  recordIn(record: HostRecord): void {
    this.#record = record
    if (this.#host !== undefined) record.isAt(this.#host)
  }
}
