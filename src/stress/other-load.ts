import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Watches the processors of this machine for `ms`, and resolves to the share of their time that other processes used, 0
 * to 1. It says the truth only while the load test is idle. An interrupt ends it early.
 */
export async function otherLoad(ms: number, signal: AbortSignal): Promise<number> {
  const before = processorTime()
  const own = process.cpuUsage()
  await sleep(ms, undefined, { signal }).catch(() => undefined)
  const { user, system } = process.cpuUsage(own)
  const after = processorTime()
  const total = after.total - before.total
  if (total <= 0) return 0
  const busy = after.busy - before.busy - (user + system) / 1_000
  return Math.min(1, Math.max(0, busy / total))
}

/** The time of all processors together since the start of the machine, in milliseconds. */
export function processorTime(): { readonly busy: number; readonly total: number } {
  const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({ busy: user + nice + sys + irq, idle }))
  const busy = times.reduce((sum, time) => sum + time.busy, 0)
  return { busy, total: times.reduce((sum, time) => sum + time.idle, busy) }
}
