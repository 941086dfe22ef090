import { setTimeout as sleep } from 'node:timers/promises'
import { ownCpuMs, processorTime } from './cpu-time.ts'

/**
 * Watches the processors of this machine for `ms`, and resolves to the share of their time that other processes used, 0
 * to 1. It says the truth only while the load test is idle. An interrupt ends it early.
 */
export async function otherLoad(ms: number, signal: AbortSignal): Promise<number> {
  const before = processorTime()
  const own = ownCpuMs()
  await sleep(ms, undefined, { signal }).catch(() => undefined)
  const after = processorTime()
  const total = after.total - before.total
  if (total <= 0) return 0
  const busy = after.busy - before.busy - (ownCpuMs() - own)
  return Math.min(1, Math.max(0, busy / total))
}
