import type { Pool } from '../db/pool/pool.ts'
import type { Series } from './series.ts'

const everyMs = 20

/** Looks at a pool at even intervals until the returned function is called, for the pictures. */
export function lookAt(pool: Pool, series: Series): () => void {
  const timer = setInterval(() => series.looked(pool.figures()), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
