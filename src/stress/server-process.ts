import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { firstRow, type Queries } from '../db/queries.ts'
import { timesOfProcess } from './cpu-time.ts'

/** Reads the processor time that the server has used, in milliseconds; undefined if it cannot be read any more. */
export type ServerCpu = () => Promise<number | undefined>

/** A process and the server are the same if they are equally old, up to these seconds. */
const ageTolerance = 5

/**
 * Finds the process of the server on this machine. Undefined if it runs elsewhere, as in a container, if its process is
 * hidden, or if this is not Linux.
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
  return async () => (await timesOfProcess(id))?.cpuMs
}

async function ageOf(id: number): Promise<number | undefined> {
  const [times, uptime] = [await timesOfProcess(id), Number.parseFloat(await textOf('/proc/uptime'))]
  return times === undefined || Number.isNaN(uptime) ? undefined : uptime - times.startedAt
}

/** Empty if the file cannot be read. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
