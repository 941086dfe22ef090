import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DbtoolError, type ErrorCode } from '../errors.ts'
import type { Generator, Measurement } from './generator.ts'
import type { Live } from './recorder.ts'
import type { Shard } from './shard.ts'
import type { LoadJob } from './job.ts'

/** The data that a thread starts with. */
export interface ThreadTask {
  readonly job: LoadJob
  readonly shard: Shard
}

/** Commands to a thread: generate the load, or stop at once. */
export type ThreadCommand = 'go' | 'stop'

/** Messages from a thread. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'live'; readonly live: Live }
  | { readonly kind: 'moved'; readonly text: string }
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined }

export interface ThreadHooks {
  readonly signal: AbortSignal
  /** A pool has moved to another host. */
  readonly onMove?: ((text: string) => void) | undefined
}

/** A thread that has not ended this long after `stop` is terminated. */
const stopTimeoutMs = 5_000

/**
 * Calls `use` with generators in `count` threads, one shard each, and ends the threads afterwards. Generators reject
 * with the error of their thread.
 */
export async function withThreads<T>(
  job: LoadJob,
  count: number,
  { signal, onMove }: ThreadHooks,
  use: (generators: readonly Generator[]) => Promise<T>,
): Promise<T> {
  const threads = Array.from({ length: count }, (_, index) => new Thread({ job, shard: { index, of: count } }, onMove))
  const stop = (): void => threads.forEach((thread) => thread.send('stop'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await use(threads)
  } finally {
    signal.removeEventListener('abort', stop)
    await Promise.all(threads.map((thread) => thread.end()))
  }
}

class Thread implements Generator {
  readonly #worker: Worker
  readonly #ready: Promise<void>
  readonly #measured: Promise<Measurement>
  readonly #ended: Promise<void>
  #onLive: ((live: Live) => void) | undefined

  constructor(task: ThreadTask, onMove: ThreadHooks['onMove']) {
    // The compiled module beside this one: a thread has no loader for TypeScript.
    this.#worker = new Worker(new URL(`thread-main${extname(import.meta.url)}`, import.meta.url), { workerData: task })
    this.#ready = this.first(({ kind }) => (kind === 'ready' ? true : undefined)).then(() => undefined)
    this.#measured = this.first((message) => (message.kind === 'measured' ? message.measurement : undefined))
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'live') this.#onLive?.(message.live)
      if (message.kind === 'moved') onMove?.(message.text)
    })
  }

  prepare(): Promise<void> {
    return this.#ready
  }

  run(onLive?: (live: Live) => void): Promise<Measurement> {
    this.#onLive = onLive
    this.send('go')
    return this.#measured
  }

  send(command: ThreadCommand): void {
    this.#worker.postMessage(command)
  }

  async end(): Promise<void> {
    this.send('stop')
    const timer = setTimeout(() => void this.#worker.terminate(), stopTimeoutMs)
    await this.#ended
    clearTimeout(timer)
  }

  /** Resolves to the first value that `select` returns for a message. Rejects if the thread fails or ends before. */
  private first<T>(select: (message: ThreadMessage) => T | undefined): Promise<T> {
    const selected = new Promise<T>((resolve, reject) => {
      this.#worker.on('message', (message: ThreadMessage) => {
        const value = select(message)
        if (value !== undefined) resolve(value)
        else if (message.kind === 'failed')
          reject(new DbtoolError(message.code, message.message, { hint: message.hint }))
      })
      this.#worker.once('error', reject)
      this.#worker.once('exit', () => reject(new Error('a thread ended before its measurement')))
    })
    // A rejection reaches the callers that await the promise; without any, it must not crash the process.
    selected.catch(() => undefined)
    return selected
  }
}
