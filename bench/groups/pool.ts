import { withLease, type Pool } from '../../src/db/pool/pool.ts'
import type { OwnMode } from '../../src/db/pool/modes.ts'
import { chapterPlan, chapterPool, chapterSql, chapterWorkers, type StressPlan } from '../../src/stress/plan.ts'
import { stress } from '../../src/stress/stress.ts'
import { performSql } from '../../src/stress/workload.ts'
import type { Bench } from '../bench.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import type { Trial } from '../core/results.ts'
import { withPool } from '../pool.ts'

const workers = 50
const small = { size: 5, maxOverflow: 0 } as const
const sql = 'SELECT 1'
/** The shortest possible time of the chapter's test: the number of waves times the duration of its query. */
const idealSeconds = Math.ceil(chapterWorkers / (chapterPool.size + chapterPool.maxOverflow)) * 0.1

/** Fairness and speed of the pool, the cost of measuring, and the default scenario of `pool stress`. */
export async function pool(bench: Bench): Promise<void> {
  const plan: StressPlan = {
    load: { loop: 'closed', workers },
    until: { durationMs: bench.size.seconds * 1_000 },
    warmupMs: 200,
    rampMs: 0,
  }
  await sharing(bench, plan)
  await costOfMeasuring(bench, plan)
  await defaultScenario(bench)
}

async function sharing(bench: Bench, plan: StressPlan): Promise<void> {
  const contestants = [modeContestant(bench, 'fair', plan), modeContestant(bench, 'driver', plan), ...ceiling(bench)]
  const work = 'SELECT 1, 50 workers on 5 connections'
  await alternate({ group: 'pool', work, unit: 'queries/s', rounds: bench.size.rounds, contestants }, bench.results)
}

async function costOfMeasuring({ server, signal, size: { rounds }, results }: Bench, plan: StressPlan): Promise<void> {
  await withPool({ target: server.target(), signal, ...small }, async (pool) => {
    const measured: Contestant = {
      who: 'pool stress',
      underTest: true,
      run: async () => ({
        value: (await stress({ mode: 'fair', pool, options: small }, performSql(sql), plan, signal)).throughput,
      }),
    }
    const bare: Contestant = { who: 'bare loop', underTest: true, run: () => bareLoop(pool, plan, signal) }
    await alternate(
      { group: 'pool', work: 'cost of measuring', unit: 'queries/s', rounds, contestants: [measured, bare] },
      results,
    )
  })
}

async function defaultScenario({ server, signal, size: { rounds }, results }: Bench): Promise<void> {
  const scenario: Contestant = {
    who: 'pool stress',
    underTest: true,
    run: () =>
      withPool({ target: server.target(), signal, ...chapterPool }, async (pool) => {
        const plan = { ...chapterPlan, warmupMs: 300 }
        const { seconds } = await stress(
          { mode: 'fair', pool, options: chapterPool },
          performSql(chapterSql),
          plan,
          signal,
        )
        return { value: seconds / idealSeconds }
      }),
  }
  await alternate(
    { group: 'pool', work: 'default scenario', unit: '× ideal', rounds, contestants: [scenario] },
    results,
  )
}

function modeContestant({ server, signal }: Bench, mode: OwnMode, plan: StressPlan): Contestant {
  return {
    who: mode,
    underTest: mode === 'fair',
    run: () =>
      withPool({ target: server.target(), signal, mode, ...small, timeoutMs: chapterPool.timeoutMs }, async (pool) => {
        const { throughput, failed, timeouts, fairness } = await stress(
          { mode, pool, options: small },
          performSql(sql),
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
          underTest: false,
          run: () => peers.sysbench(server, 'select_one.lua', { connections: small.size, seconds }),
        },
      ]
    : []
}

/** The same work, but the loop only counts completed statements. */
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
