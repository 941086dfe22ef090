import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DbtoolError, type ErrorCode } from '../errors.ts'
import type { Generator, Measurement } from './generator.ts'
import type { Live } from './recorder.ts'
import type { Shard } from './shard.ts'
import type { LoadJob } from './job.ts'

/** What a thread is made with. */
export interface ThreadTask {
  readonly job: LoadJob
  readonly part: Shard
}

/** What is said to a thread: put the load; or end, whatever you do. */
export type ThreadCommand = 'go' | 'stop'

/** What a thread says. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'live'; readonly live: Live }
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined }

/** A thread that does not end for so long after it was told to, is ended. */
const patienceMs = 5_000

/** Generators in so many threads, each with its part of the load; they have ended when `use` has. */
export async function withThreads<T>(
  job: LoadJob,
  count: number,
  signal: AbortSignal,
  use: (generators: readonly Generator[]) => Promise<T>,
): Promise<T> {
  const threads = Array.from({ length: count }, (_, index) => new Thread({ job, part: { index, of: count } }))
  const stop = (): void => threads.forEach((thread) => thread.say('stop'))
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

  constructor(task: ThreadTask) {
    // The compiled one, beside this one: a thread has no loader for TypeScript.
    this.#worker = new Worker(new URL(`thread-main${extname(import.meta.url)}`, import.meta.url), { workerData: task })
    this.#ready = this.hear(({ kind }) => (kind === 'ready' ? true : undefined)).then(() => undefined)
    this.#measured = this.hear((word) => (word.kind === 'measured' ? word.measurement : undefined))
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (word: ThreadMessage) => {
      if (word.kind === 'live') this.#onLive?.(word.live)
    })
  }

  prepare(): Promise<void> {
    return this.#ready
  }

  run(onLive?: (live: Live) => void): Promise<Measurement> {
    this.#onLive = onLive
    this.say('go')
    return this.#measured
  }

  say(order: ThreadCommand): void {
    this.#worker.postMessage(order)
  }

  async end(): Promise<void> {
    this.say('stop')
    const timer = setTimeout(() => void this.#worker.terminate(), patienceMs)
    await this.#ended
    clearTimeout(timer)
  }

  /** The first word of which `wanted` makes something. Rejects when the thread has failed or ended before. */
  private hear<T>(wanted: (word: ThreadMessage) => T | undefined): Promise<T> {
    const heard = new Promise<T>((resolve, reject) => {
      this.#worker.on('message', (word: ThreadMessage) => {
        const found = wanted(word)
        if (found !== undefined) resolve(found)
        else if (word.kind === 'failed') reject(new DbtoolError(word.code, word.message, { hint: word.hint }))
      })
      this.#worker.once('error', reject)
      this.#worker.once('exit', () => reject(new Error('a thread ended before it had measured')))
    })
    // Whoever waits hears of it; nobody has to.
    heard.catch(() => undefined)
    return heard
  }
}
