import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { firstRow, type Queries } from '../db/queries.ts'

/** Reads the processor time that the server has used, in milliseconds; undefined if it cannot be read any more. */
export type ServerCpu = () => Promise<number | undefined>

/** A process and the server are the same if they are equally old, up to these seconds. */
const ageTolerance = 5
/** Linux counts processor time in hundredths of a second for programs, whatever the kernel uses. */
const ticksPerSecond = 100

/**
 * Finds the process of the server on this machine. Undefined if it runs on another machine or in a container, if its
 * process belongs to a user who hides it, or if this is not Linux.
 */
export async function serverCpu(queries: Queries, uptimeSeconds: number): Promise<ServerCpu | undefined> {
  const row = await firstRow<{ file: string | null; host: string }>(
    queries,
    'SELECT @@pid_file AS file, @@hostname AS host',
  )
  // A forwarded port may lead to another machine that has a file at the same path.
  if (row?.file === undefined || row.file === null || row.host !== hostname()) return undefined
  const id = Number(await textOf(row.file))
  if (!Number.isSafeInteger(id) || id <= 0) return undefined
  const age = await ageOf(id)
  if (age === undefined || Math.abs(age - uptimeSeconds) > ageTolerance) return undefined
  return async () => (await statOf(id))?.cpuMs
}

async function ageOf(id: number): Promise<number | undefined> {
  const [stat, uptime] = [await statOf(id), Number.parseFloat(await textOf('/proc/uptime'))]
  return stat === undefined || Number.isNaN(uptime) ? undefined : uptime - stat.startedAt
}

/** The fields of /proc/ID/stat: the name in parentheses may contain everything, so they count from its end. */
async function statOf(id: number): Promise<{ readonly cpuMs: number; readonly startedAt: number } | undefined> {
  const text = await textOf(`/proc/${id}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [user, system, started] = [fields[11], fields[12], fields[19]].map(Number)
  if (user === undefined || system === undefined || started === undefined || Number.isNaN(user + system + started))
    return undefined
  return { cpuMs: ((user + system) * 1_000) / ticksPerSecond, startedAt: started / ticksPerSecond }
}

/** Empty if the file cannot be read. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
