import type { PooledConnection } from '../../../src/db/pool/pool.ts'
import type { Change } from '../../../src/db/queries.ts'

/** A connection to nowhere that keeps a diary; its fields say how it behaves. */
export class FakeConnection implements PooledConnection {
  usable = true
  inTransaction = false
  mayHoldTransaction = false
  busy = false
  /** What a ping finds: silence lasts as long as the ping is willing to wait. */
  server: 'answers' | 'is silent' = 'answers'
  onChange: () => Promise<void> = () => Promise.resolve()
  readonly diary: string[] = []

  constructor(readonly name: string) {}

  rows<T>(): Promise<T[]> {
    return Promise.resolve([])
  }

  prepared<T>(): Promise<T[]> {
    return Promise.resolve([])
  }

  rawRows<T>(): Promise<T[]> {
    return Promise.resolve([])
  }

  bulk<T>(): Promise<T[]> {
    return Promise.resolve([])
  }

  async execute(sql: string): Promise<Change> {
    this.diary.push(sql)
    await this.onChange()
    return { affectedRows: 0, insertId: 0 }
  }

  async ping(timeoutMs: number): Promise<boolean> {
    this.diary.push('ping')
    if (this.server === 'answers') return true
    await new Promise((resolve) => setTimeout(resolve, timeoutMs))
    this.usable = false
    return false
  }

  close(): Promise<void> {
    this.diary.push('close')
    this.usable = false
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.diary.push('stop')
    this.usable = false
    return Promise.resolve()
  }

  destroy(): void {
    this.diary.push('destroy')
    this.usable = false
  }
}

/** A way to connect whose every opening waits until it is told how it ends. */
export class FakeServer {
  readonly connections: FakeConnection[] = []
  readonly #pending: { resolve: (connection: FakeConnection) => void; reject: (error: Error) => void }[] = []
  mode: 'at once' | 'when told' | { fails: Error } = 'at once'
  attempts = 0

  readonly connect = (): Promise<FakeConnection> => {
    this.attempts += 1
    if (this.mode === 'at once') return Promise.resolve(this.make())
    if (this.mode === 'when told') return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }))
    return Promise.reject(this.mode.fails)
  }

  get pending(): number {
    return this.#pending.length
  }

  accept(): void {
    this.#pending.shift()?.resolve(this.make())
  }

  refuse(error: Error): void {
    this.#pending.shift()?.reject(error)
  }

  private make(): FakeConnection {
    const connection = new FakeConnection(`c${this.connections.length + 1}`)
    this.connections.push(connection)
    return connection
  }
}
