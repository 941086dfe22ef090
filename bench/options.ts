import { parseArgs } from 'node:util'
import { InvalidValue } from '../src/errors.ts'
import type { Group } from './bench.ts'
import { full, quick, type Size } from './core/size.ts'
import { bulk } from './groups/bulk.ts'
import { checks } from './groups/checks.ts'
import { exports } from './groups/exports.ts'
import { imports } from './groups/import.ts'
import { many } from './groups/many.ts'
import { matrix } from './groups/matrix.ts'
import { orders } from './groups/orders.ts'
import { pool } from './groups/pool.ts'
import { reports } from './groups/reports.ts'
import { roundTrips } from './groups/round-trips.ts'
import { service } from './groups/service.ts'
import { start } from './groups/start.ts'
import { waitingOrders } from './groups/waiting-orders.ts'

export const groups: Readonly<Record<string, Group>> = {
  start,
  'round-trips': roundTrips,
  orders,
  'waiting-orders': waitingOrders,
  many,
  matrix,
  import: imports,
  bulk,
  export: exports,
  checks,
  reports,
  pool,
  service,
}

export interface Options {
  readonly size: Size
  readonly groups: Readonly<Record<string, Group>>
  /** Undefined for a new file per run. */
  readonly out: string | undefined
  readonly chart: boolean
  /** The files of earlier runs to publish instead of a new one. */
  readonly from: readonly [string, ...string[]] | undefined
  /** A checkout of an earlier commit, with its build, that runs as a peer. */
  readonly before: string | undefined
}

export const usage = `usage: npm run bench -- [--quick] [--only GROUP,…] [--out FILE] [--before DIR]
                        [--chart [--from FILE,…]]
  --quick   take seconds instead of minutes, to check that everything works
  --only    run only these groups: ${Object.keys(groups).join(', ')}
  --out     JSON file for the figures (default: bench-results/<date>.json)
  --before  a checkout of an earlier commit, with its build, to measure beside this one
  --chart   draw docs/bench.svg and write the table of docs/benchmarks.md (full runs only)
  --from    the files of earlier runs for --chart, instead of a new run; each group is of the newest`

/** Parses the flags. Throws InvalidValue, or a TypeError of node:util for unknown flags. */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean' },
      only: { type: 'string' },
      out: { type: 'string' },
      before: { type: 'string' },
      chart: { type: 'boolean' },
      from: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { quick: short = false, only, out, before, chart = false, from, help = false } = values
  if (help) return 'help'
  if (chart && (short || only !== undefined))
    throw new InvalidValue('--chart needs a full run of all groups: other figures must not be published')
  if (from !== undefined && !chart) throw new InvalidValue('--from needs --chart: it publishes earlier runs')
  const [first, ...more] = from?.split(',') ?? []
  return {
    size: short ? quick : full,
    groups: only === undefined ? groups : chosen(only),
    out,
    before,
    chart,
    from: first === undefined ? undefined : [first, ...more],
  }
}

function chosen(only: string): Record<string, Group> {
  return Object.fromEntries(
    only.split(',').map((name): [string, Group] => {
      const group = Object.hasOwn(groups, name) ? groups[name] : undefined
      if (group === undefined)
        throw new InvalidValue(`--only must name groups out of ${Object.keys(groups).join(', ')}, not '${name}'`)
      return [name, group]
    }),
  )
}
