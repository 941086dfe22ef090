import type { ServerMeans } from './observer.ts'

/** The means of a load as seen by the server, for a table with one row per figure. */
export function serverRows(means: ServerMeans | null): string[][] {
  if (means === null) return []
  return serverColumns.map(([name, of]) => [name, of(means)])
}

/** The cells of a table with one row per load. */
export const serverCells = (means: ServerMeans | null): string[] =>
  serverColumns.map(([, of]) => (means === null ? '–' : of(means)))

const rounded = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 100 ? 1 : 0))

const serverColumns: readonly (readonly [name: string, of: (means: ServerMeans) => string])[] = [
  ['threads running', ({ threads_running }) => rounded(threads_running)],
  ['waiting for a row lock', ({ row_lock_waiting }) => rounded(row_lock_waiting)],
  ['statements of all clients, / s', ({ statements_per_s }) => rounded(statements_per_s)],
  ['waits for row locks, / s', ({ row_lock_waits_per_s }) => rounded(row_lock_waits_per_s)],
  ['processors used by the server', ({ server_cpu }) => rounded(server_cpu)],
  ['processors used by dbtool', ({ client_cpu }) => rounded(client_cpu)],
  ['processors used on this machine', ({ machine_cpu }) => rounded(machine_cpu)],
]

export const serverColumnNames = serverColumns.map(([name]) => name)
