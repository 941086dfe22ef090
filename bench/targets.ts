import { valuesOf, type Figures } from './core/results.ts'
import { spreadOf, type Spread } from './core/statistics.ts'
import { buildBefore, thisBuild } from './builds.ts'
import { loadingWithLog } from './groups/bulk.ts'
import { checkWorks } from './groups/checks.ts'
import { exportWorks } from './groups/exports.ts'
import { workOf } from './groups/orders.ts'
import { ofMonths } from './groups/import-builds.ts'
import { works as services } from './groups/service.ts'
import { nameOf, works } from './groups/waiting-orders.ts'
import { clientExport } from './mariadb-client.ts'
import { pythonPeers, sysbenchLabel } from './peers.ts'
import { counted } from './core/figures.ts'

/** A target, its peer, and its calculation from the figures of one run. */
export interface Target {
  readonly group: string
  readonly work: string
  readonly peer: string
  readonly reach: { readonly at: 'least' | 'most'; readonly bound: number; readonly unit: string }
  /** Undefined if this run has not measured it. */
  readonly measure: (figures: Figures) => Spread | undefined
}

export interface Outcome {
  readonly work: string
  readonly peer: string
  readonly reach: Target['reach']
  readonly measured: Spread
  readonly met: boolean
}

const least = (bound: number, unit = '×'): Target['reach'] => ({ at: 'least', bound, unit })
const most = (bound: number, unit = '×'): Target['reach'] => ({ at: 'most', bound, unit })

const orders = (work: string, about: string, peer: string, reach: Target['reach']): Target => ({
  group: 'orders',
  work: `3 lines, ${about}`,
  peer,
  reach,
  measure: (figures) => figures.ratio('orders', work, 'dbtool', peer),
})
/** This build divided by the one before; `what` is the figure. */
const waiting = (
  work: (typeof works)[keyof typeof works],
  about: string,
  reach: Target['reach'],
  what = 'value',
): Target => ({
  group: 'waiting-orders',
  work: about,
  peer: buildBefore,
  reach,
  measure: (figures) => {
    const [mine, before] = [thisBuild, buildBefore].map((who) => figures.of('waiting-orders', nameOf(work), who))
    return figures.ratioOfAlso(what, mine, before)
  },
})
const exporting = (noun: string, peer: string, bound: number): Target => ({
  group: 'export',
  work: `${noun} export`,
  peer,
  reach: least(bound),
  measure: (figures) => figures.ratio('export', noun, thisBuild, peer),
})
const checking = (work: keyof typeof checkWorks, bound: number): Target => ({
  group: 'checks',
  work,
  peer: buildBefore,
  reach: most(bound),
  measure: (figures) => figures.ratio('checks', work, thisBuild, buildBefore),
})
const failures = (work: string, about: string): Target => ({
  group: 'orders',
  work: `3 lines, ${about}, failed orders`,
  peer: '–',
  reach: most(0, 'orders'),
  measure: (figures) => worst(figures.spread('orders', work, 'dbtool', 'failed')),
})
const starting = (command: string, bound: number): Target => ({
  group: 'start',
  work: `dbtool ${command}`,
  peer: 'node -e 0',
  reach: most(bound),
  measure: (figures) => figures.ratio('start', 'start', command, 'node -e 0'),
})
const growing = (lines: number): Target => ({
  group: 'reports',
  work: `report top-products, ${counted(lines, 'line')}`,
  peer: `the same, ${counted(lines / 10, 'line')}`,
  reach: most(2),
  measure: (figures) => figures.ratio('reports', 'top-products', counted(lines, 'line'), counted(lines / 10, 'line')),
})
const importing = (peer: string, bound: number): Target => ({
  group: 'import',
  work: 'orders import',
  peer,
  reach: least(bound),
  measure: (figures) => figures.ratio('import', 'orders of a month', 'orders import', peer),
})
const importingBeside = (months: number): Target => ({
  group: 'import',
  work: `orders import, ${months === 1 ? 'a month' : `${months} months`}`,
  peer: buildBefore,
  reach: least(0.95),
  measure: (figures) => figures.ratio('import', ofMonths(months), thisBuild, buildBefore),
})
const memory = (work: string, verb: string): Target => ({
  group: 'bulk',
  work: `${verb}, memory`,
  peer: '–',
  reach: most(150, 'MB'),
  measure: (figures) => figures.spread('bulk', work, verb, 'peakMegabytes'),
})

const serving = (work: string, peer: 'driver' | 'mysql2', bound: number): Target => ({
  group: 'service',
  work,
  peer: peer === 'driver' ? "the connector's pool" : "mysql2's pool",
  reach: most(bound),
  measure: (figures) => figures.ratio('service', work, 'fair', peer),
})

const [among, same] = ['among 1,000 products', 'all of the same 3']
const [into, outOf] = ['products into a table', 'products out of a table']
const sharing = 'SELECT 1, 50 workers on 5 connections'
const [oneByOne, fiveAtOnce] = ['one order a transaction, 1 at once', 'one order a transaction, 5 at once']

export const targets: readonly Target[] = [
  orders(workOf('spread', 0), among, pythonPeers['orm-pymysql'].label, least(25)),
  orders(workOf('spread', 0), among, sysbenchLabel, least(2.5)),
  orders(workOf('hot', 0), same, pythonPeers['raw-mysqlclient'].label, least(70)),
  failures(workOf('hot', 0), same),
  orders(workOf('hot', 5), `${same}, 5 ms away`, pythonPeers['raw-mysqlclient'].label, least(60)),
  failures(workOf('hot', 5), `${same}, 5 ms away`),
  waiting(works.hot, 'hot, 16 workers', least(4)),
  waiting(works.spread, 'spread, 16 workers', least(2)),
  waiting(works.hot64, 'hot, 64 workers', least(4)),
  waiting(works.spread64, 'spread, 64 workers', least(4)),
  waiting(works.hot, 'hot, 16 workers, CPU for an order', most(0.4), 'cpuMsAnOrder'),
  waiting(works.spread, 'spread, 16 workers, CPU for an order', most(0.4), 'cpuMsAnOrder'),
  waiting(works.alone, 'one worker, p50', most(1.05), 'p50'),
  waiting(works.alone, 'one worker, p99', most(1.05), 'p99'),
  waiting(works.hot64Far, 'hot, 64 workers, 5 ms away', least(5)),
  waiting(works.hotForeign, 'hot, 16 workers, p99 of a foreign program', most(1), 'foreignP99'),
  waiting(works.hot64Foreign, 'hot, 64 workers, p99 of a foreign program', most(1), 'foreignP99'),
  {
    group: 'round-trips',
    work: 'round trips of an order, 1 to 100 lines',
    peer: '–',
    reach: most(1, ''),
    measure: (figures) =>
      worst(
        spreadOf(
          figures
            .inGroup('round-trips')
            .filter(({ unit }) => unit === 'round trips')
            .flatMap(valuesOf),
        ),
      ),
  },
  importing(oneByOne, 3),
  importing(fiveAtOnce, 1),
  importingBeside(1),
  importingBeside(10),
  {
    group: 'import',
    work: 'orders import, memory for 10 × the file',
    peer: 'for the file',
    reach: most(1.25),
    measure: (figures) => {
      const [tenfold, once] = [10, 1].map((months) => figures.of('import', ofMonths(months), thisBuild))
      return figures.ratioToMedian('peakMegabytes', tenfold, once)
    },
  },
  {
    group: 'bulk',
    work: 'products import',
    peer: loadingWithLog,
    reach: least(0.45),
    measure: (figures) => figures.ratio('bulk', into, 'products import', loadingWithLog),
  },
  memory(into, 'products import'),
  {
    group: 'bulk',
    work: 'products export',
    peer: 'mariadb --batch --quick',
    reach: least(0.4),
    measure: (figures) => figures.ratio('bulk', outOf, 'products export', 'mariadb --batch --quick'),
  },
  memory(outOf, 'products export'),
  ...exportWorks.flatMap((noun) => [exporting(noun, clientExport, 0.65), exporting(noun, buildBefore, 2)]),
  checking('db check', 0.4),
  checking('doctor', 0.4),
  checking('report top-products --since 90d', 0.5),
  checking('report top-products --since 400d', 0.5),
  checking('report revenue', 0.5),
  {
    group: 'many',
    work: 'orders shipped, 1,000 in one call',
    peer: 'xargs -n 1',
    reach: least(50),
    measure: (figures) => figures.ratio('many', 'orders shipped', 'dbtool orders ship -', 'xargs -n 1'),
  },
  growing(1_000_000),
  growing(10_000_000),
  {
    group: 'pool',
    work: '50 workers on 5 connections, SELECT 1',
    peer: "the connector's pool",
    reach: least(1.15),
    measure: (figures) => figures.ratio('pool', sharing, 'fair', 'driver'),
  },
  {
    group: 'pool',
    work: '50 workers on 5 connections, time-outs',
    peer: '–',
    reach: most(0, ''),
    measure: (figures) => worst(figures.spread('pool', sharing, 'fair', 'timeouts')),
  },
  {
    group: 'pool',
    work: "50 workers on 5 connections, Jain's index",
    peer: '–',
    reach: least(0.99, ''),
    measure: (figures) => figures.spread('pool', sharing, 'fair', 'jain'),
  },
  {
    group: 'pool',
    work: 'a bare loop over the pool',
    peer: 'pool stress, which measures',
    reach: most(1.05),
    measure: (figures) => figures.ratio('pool', 'cost of measuring', 'bare loop', 'pool stress'),
  },
  {
    group: 'pool',
    work: 'pool stress, default scenario',
    peer: 'ceil(50 / 15) × 100 ms',
    reach: most(1.03),
    measure: (figures) => figures.spread('pool', 'default scenario', 'pool stress'),
  },
  serving(services.silent, 'driver', 0.3),
  serving(services.wait, 'driver', 1),
  serving(services.wait, 'mysql2', 1),
  serving(services.cpu, 'driver', 1.05),
  {
    group: 'service',
    work: services.back,
    peer: '–',
    reach: most(1_000, 'ms'),
    measure: (figures) => figures.spread('service', services.back, 'fair'),
  },
  {
    group: 'service',
    work: services.channels,
    peer: 'the same build without channels',
    reach: most(1.02),
    measure: (figures) => figures.spread('service', services.channels, 'fair'),
  },
  starting('--help', 1.6),
  starting('--version', 1.6),
  starting('users list --json', 3),
]

/** The worst round decides for failures, and for values that must hold for all lengths of orders. */
function worst(spread: Spread | undefined): Spread | undefined {
  return spread === undefined ? undefined : { ...spread, median: spread.max }
}

/** The outcomes of all targets of these groups; `unmeasured` has the targets without figures. */
export function judge(figures: Figures, groups: readonly string[]): { outcomes: Outcome[]; unmeasured: Target[] } {
  const outcomes: Outcome[] = []
  const unmeasured: Target[] = []
  for (const target of targets.filter(({ group }) => groups.includes(group))) {
    const measured = target.measure(figures)
    if (measured === undefined) unmeasured.push(target)
    else
      outcomes.push({
        work: target.work,
        peer: target.peer,
        reach: target.reach,
        measured,
        met: isMet(target.reach, measured),
      })
  }
  return { outcomes, unmeasured }
}

function isMet({ at, bound }: Target['reach'], { median }: Spread): boolean {
  return at === 'least' ? median >= bound : median <= bound
}
