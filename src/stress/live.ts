import type { Pool } from '../db/pool/pool.ts'
import type { Recorder } from './recorder.ts'

/** What is going on right now. */
export interface Live {
  /** Since the beginning. */
  readonly seconds: number
  /** Iterations that ended a second, and how long they waited for a connection on average: since the last look. */
  readonly perSecond: number
  readonly waitMs: number | null
  readonly inUse: number
  readonly idle: number
  readonly waiting: number
  /** Iterations that failed, since the beginning. */
  readonly failed: number
}

/** A few frames a second. */
const everyMs = 250

/** Tells what is going on until the returned function is called. */
export function watch(pool: Pool, { acquire, execute }: Recorder, tell: (live: Live) => void): () => void {
  const started = performance.now()
  let last = { at: started, ended: 0, waitedMs: 0 }
  const timer = setInterval(() => {
    const { count: ended, sumMs: waitedMs } = acquire
    const now = performance.now()
    const since = ended - last.ended
    const { inUse, idle, waiting } = pool.figures()
    tell({
      seconds: (now - started) / 1_000,
      perSecond: since / ((now - last.at) / 1_000),
      waitMs: since === 0 ? null : (waitedMs - last.waitedMs) / since,
      inUse,
      idle,
      waiting,
      failed: ended - execute.count,
    })
    last = { at: now, ended, waitedMs }
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** An ear for each of several generators; what all of them do is told as often as the first is heard. */
export function together(count: number, tell: (live: Live) => void): ((live: Live) => void)[] {
  const latest: Live[] = []
  return Array.from({ length: count }, (_, index) => (live) => {
    latest[index] = live
    if (index === 0) tell(latest.reduce(sumOf))
  })
}

function sumOf(a: Live, b: Live): Live {
  const perSecond = a.perSecond + b.perSecond
  const waited = (a.waitMs ?? 0) * a.perSecond + (b.waitMs ?? 0) * b.perSecond
  return {
    seconds: a.seconds,
    perSecond,
    waitMs: perSecond === 0 ? null : waited / perSecond,
    inUse: a.inUse + b.inUse,
    idle: a.idle + b.idle,
    waiting: a.waiting + b.waiting,
    failed: a.failed + b.failed,
  }
}
