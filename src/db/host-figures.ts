import { DbtoolError } from '../errors.ts'
import type { Queries } from './queries.ts'
import { type FigureName, serverFigures } from './server-side.ts'
import { type Host, hostText, type Target, targetAt } from './target.ts'

/** The connections of one of several hosts. The figures of a host that does not answer are null. */
export interface HostConnections extends Readonly<Record<FigureName, number | null>> {
  readonly host: string
  /** Whether a command with this target would use it now. */
  readonly in_use: boolean
  readonly problem: string | null
}

/** Runs `work` on one connection to this target. Rejects if connecting fails. */
type OnServer = <T>(target: Target, work: (queries: Queries) => Promise<T>) => Promise<T>

/** The host that a command uses, with the figures that its own connection has read. */
interface InUse {
  readonly address: string
  readonly stats: () => Promise<Readonly<Record<FigureName, number>>>
}

/** Asks each other of several hosts for its connections; none for a target with one server. */
export function hostConnections(target: Target, inUse: InUse, onServer: OnServer): Promise<HostConnections[]> {
  const ask = async (host: Host): Promise<HostConnections> => {
    const known = { host: hostText(host), in_use: hostText(host) === inUse.address }
    if (known.in_use) return { ...known, ...(await inUse.stats()), problem: null }
    try {
      return { ...known, ...(await onServer(targetAt(target, host), serverFigures)), problem: null }
    } catch (error) {
      if (!(error instanceof DbtoolError)) throw error
      return { ...known, ...noFigures, problem: error.message }
    }
  }
  return Promise.all((target.hosts ?? []).map(ask))
}

const noFigures: Readonly<Record<FigureName, null>> = {
  max_connections: null,
  threads_connected: null,
  threads_running: null,
  max_used_connections: null,
  aborted_clients: null,
  aborted_connects: null,
}
