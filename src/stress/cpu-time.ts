import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'

/** The time that this process, with all its threads, has used since its start, in milliseconds. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** The time of all processors together since the start of the machine, in milliseconds. */
export function processorTime(): { readonly busy: number; readonly total: number } {
  const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({ busy: user + nice + sys + irq, idle }))
  const busy = times.reduce((sum, time) => sum + time.busy, 0)
  return { busy, total: times.reduce((sum, time) => sum + time.idle, busy) }
}

export interface ProcessTimes {
  /** The time that it has used since its start. */
  readonly cpuMs: number
  /** Seconds since the start of the machine. */
  readonly startedAt: number
}

/** Linux counts processor time in hundredths of a second for programs, whatever the kernel uses. */
const ticksPerSecond = 100

/**
 * Resolves to the times of another process; undefined if it is hidden or gone, or if this is not Linux. The name in
 * parentheses in /proc/ID/stat may contain everything, so the fields count from its end.
 */
export async function timesOfProcess(id: number): Promise<ProcessTimes | undefined> {
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [user, system, started] = [fields[11], fields[12], fields[19]].map(Number)
  if (user === undefined || system === undefined || started === undefined || Number.isNaN(user + system + started))
    return undefined
  return { cpuMs: ((user + system) * 1_000) / ticksPerSecond, startedAt: started / ticksPerSecond }
}
