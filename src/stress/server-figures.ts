import type { ServerFigures } from './observer.ts'

/** The means of a load as seen by the server, for a table with one row per figure. */
export function serverRows(figures: ServerFigures | null): string[][] {
  if (figures === null) return []
  return serverColumns.map(([name, of]) => [name, of(figures)])
}

/** The cells of a table with one row per load. */
export const serverCells = (figures: ServerFigures | null): string[] =>
  serverColumns.map(([, of]) => (figures === null ? '–' : of(figures)))

const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 100 ? 1 : 0))

const serverColumns: readonly (readonly [name: string, of: (figures: ServerFigures) => string])[] = [
  ['threads running', ({ threads_running }) => shown(threads_running)],
  ['waiting for a row lock', ({ row_lock_waiting }) => shown(row_lock_waiting)],
  ['statements of all clients, / s', ({ statements_per_s }) => shown(statements_per_s)],
  ['waits for row locks, / s', ({ row_lock_waits_per_s }) => shown(row_lock_waits_per_s)],
  ['processors used by the server', ({ server_cpu }) => shown(server_cpu)],
  ['processors used by dbtool', ({ client_cpu }) => shown(client_cpu)],
  ['processors used on this machine', ({ machine_cpu }) => shown(machine_cpu)],
]

export const serverColumnNames = serverColumns.map(([name]) => name)
