import type { PooledConnection } from '../../../src/db/pool/pool.ts'
import type { Change } from '../../../src/db/queries.ts'

const slowMs = 150

/** A fake connection with a log of its calls; its fields control its behaviour. */
export class FakeConnection implements PooledConnection {
  usable = true
  inTransaction = false
  mayHoldTransaction = false
  sessionChanged = false
  busy = false
  cancelling = false
  abandoned = false
  lose = (): void => undefined
  /** The result of a ping; a silent server lets it time out. */
  server: 'answers' | 'is slow' | 'is silent' = 'answers'
  onChange: () => Promise<void> = () => Promise.resolve()
  /** Resolves when the server has stopped a statement. */
  onStop: () => Promise<void> = () => Promise.resolve()
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

  each(): Promise<void> {
    return Promise.resolve()
  }

  eachCells(): Promise<boolean> {
    return Promise.resolve(false)
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
    if (this.server === 'is slow') {
      await new Promise((resolve) => setTimeout(resolve, slowMs))
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, timeoutMs))
    this.usable = false
    return false
  }

  close(): Promise<void> {
    this.diary.push('close')
    this.usable = false
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.diary.push('stop')
    this.usable = false
    await this.onStop()
    this.busy = false
    this.abandoned = false
  }

  reset(): Promise<void> {
    this.diary.push('reset')
    this.sessionChanged = false
    return this.onChange()
  }

  cancel(): Promise<void> {
    this.diary.push('cancel')
    return Promise.resolve()
  }

  whenLost(listener: () => void): void {
    this.lose = () => {
      this.usable = false
      listener()
    }
  }

  destroy(): void {
    this.diary.push('destroy')
    this.usable = false
  }
}

/** A fake server; `mode` controls whether connecting succeeds at once, fails, or waits for `accept` or `refuse`. */
export class FakeServer {
  readonly connections: FakeConnection[] = []
  readonly #pending: { resolve: (connection: FakeConnection) => void; reject: (error: Error) => void }[] = []
  mode: 'at once' | 'on demand' | { fails: Error } = 'at once'
  attempts = 0

  readonly connect = (): Promise<FakeConnection> => {
    this.attempts += 1
    if (this.mode === 'at once') return Promise.resolve(this.make())
    if (this.mode === 'on demand') return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }))
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
