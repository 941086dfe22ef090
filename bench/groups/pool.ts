import { withLease, type Pool } from '../../src/db/pool/pool.ts'
import type { PoolMode } from '../../src/db/pool/modes.ts'
import { chapterPlan, chapterPool, chapterSql, chapterWorkers, type StressPlan } from '../../src/stress/plan.ts'
import { stress } from '../../src/stress/stress.ts'
import { iterateSql } from '../../src/stress/workload.ts'
import type { Bench } from '../bench.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import type { Trial } from '../core/results.ts'
import { withPool } from '../pool.ts'

const workers = 50
const small = { size: 5, maxOverflow: 0 } as const
const sql = 'SELECT 1'
/** The chapter's test cannot be over sooner: as many waves as it takes, each of one query. */
export const idealSeconds = Math.ceil(chapterWorkers / (chapterPool.size + chapterPool.maxOverflow)) * 0.1

export async function pool(bench: Bench): Promise<void> {
  const { rounds, seconds } = bench.size
  const asked = { target: bench.server.target(), signal: bench.signal }
  const plan: StressPlan = {
    load: { loop: 'closed', workers },
    until: { durationMs: seconds * 1_000 },
    warmupMs: 200,
    rampMs: 0,
  }
  const contest = { group: 'pool', rounds }
  const sharing = [modeContestant(bench, 'fair', plan), modeContestant(bench, 'driver', plan), ...ceiling(bench)]
  await alternate(
    { ...contest, work: 'SELECT 1, 50 workers on 5 connections', unit: 'queries/s', contestants: sharing },
    bench.results,
  )
  await withPool({ ...asked, ...small }, async (pool) => {
    const measured: Contestant = {
      who: 'pool stress',
      ours: true,
      run: async () => ({
        value: (await stress({ mode: 'fair', pool, options: small }, iterateSql(sql), plan, bench.signal)).throughput,
      }),
    }
    const bare: Contestant = { who: 'bare loop', ours: true, run: () => bareLoop(pool, plan, bench.signal) }
    await alternate(
      { ...contest, work: 'cost of measuring', unit: 'queries/s', contestants: [measured, bare] },
      bench.results,
    )
  })
  const scenario: Contestant = {
    who: 'pool stress',
    ours: true,
    run: () =>
      withPool({ ...asked, ...chapterPool }, async (pool) => ({
        value:
          (
            await stress(
              { mode: 'fair', pool, options: chapterPool },
              iterateSql(chapterSql),
              { ...chapterPlan, warmupMs: 300 },
              bench.signal,
            )
          ).seconds / idealSeconds,
      })),
  }
  await alternate({ ...contest, work: 'default scenario', unit: '× ideal', contestants: [scenario] }, bench.results)
}

function modeContestant({ server, signal }: Bench, mode: PoolMode, plan: StressPlan): Contestant {
  return {
    who: mode,
    ours: mode === 'fair',
    run: () =>
      withPool({ target: server.target(), signal, mode, ...small, timeoutMs: chapterPool.timeoutMs }, async (pool) => {
        const { throughput, failed, timeouts, fairness } = await stress(
          { mode, pool, options: small },
          iterateSql(sql),
          plan,
          signal,
        )
        return { value: throughput, failed, also: { timeouts, jain: fairness.jain } }
      }),
  }
}

function ceiling({ peers, server, results, size: { seconds } }: Bench): Contestant[] {
  const why = peers.missing('sysbench')
  if (why !== undefined) results.absent('sysbench, SELECT 1 from C', why)
  return why === undefined
    ? [
        {
          who: 'sysbench',
          ours: false,
          run: () => peers.sysbench(server, 'select_one.lua', { connections: small.size, seconds }),
        },
      ]
    : []
}

/** The same work with nothing counted but how much of it was done. */
async function bareLoop(pool: Pool, { until, warmupMs }: StressPlan, signal: AbortSignal): Promise<Trial> {
  const started = performance.now() + warmupMs
  const end = started + ('durationMs' in until ? until.durationMs : 0)
  let done = 0
  const work = async (): Promise<void> => {
    while (performance.now() < end && !signal.aborted) {
      await withLease(pool, (lease) => lease.rows(sql))
      if (performance.now() >= started) done += 1
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return { value: done / ((performance.now() - started) / 1_000) }
}
