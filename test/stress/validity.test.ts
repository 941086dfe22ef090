import { describe, expect, it } from 'vitest'
import { judge, type Evidence } from '../../src/stress/validity.ts'

/** 5 connections, always busy for 10 s, 10 ms an iteration. */
const sound: Evidence = {
  loop: 'closed',
  seconds: 10,
  iterations: 5_000,
  poolInUseMs: 49_500,
  inUseMs: 49_800,
  eventLoopP99Ms: 2,
  clientCpu: 0.3,
  threads: 1,
  rampSeconds: 0,
  halves: [500, 498],
  lateP99Ms: null,
  dropped: 0,
}

describe('the validity of a run', () => {
  it.each<[string, Partial<Evidence>, string, readonly string[]]>([
    ['as it should be', {}, 'valid', []],
    ['over in a moment', { seconds: 0.4 }, 'too-short', ['long_enough']],
    ['over in a moment, of which the halves differ', { iterations: 50, halves: [5, 1] }, 'too-short', ['long_enough']],
    ['of a few iterations', { iterations: 20 }, 'too-short', ['long_enough']],
    ['in which the pool and the iterations disagree', { poolInUseMs: 45_000 }, 'contradictory', ['littles_law']],
    ['that agrees within five per cent', { poolInUseMs: 47_600 }, 'valid', []],
    ['of so few connections that releasing them counts', { poolInUseMs: 1_500, inUseMs: 1_400 }, 'valid', []],
    ['in which the client had no time left', { clientCpu: 0.97 }, 'client-bound', ['client_cpu']],
    ['in which the event loop was late', { eventLoopP99Ms: 45 }, 'client-bound', ['event_loop']],
    ['that became slower', { halves: [500, 430] }, 'unsteady', ['steady']],
    ['of which all but the end was its ramp', { rampSeconds: 9.5, halves: [500, 430] }, 'valid', []],
    ['that became faster', { halves: [430, 500] }, 'unsteady', ['steady']],
    ['on time', { loop: 'open', lateP99Ms: 2 }, 'valid', []],
    ['late', { loop: 'open', lateP99Ms: 30 }, 'client-bound', ['on_time']],
    ['with some that never began', { loop: 'open', lateP99Ms: 2, dropped: 3 }, 'client-bound', ['on_time']],
    ['with nothing to halve', { halves: [0, 0] }, 'valid', []],
  ])('%s', (_what, change, verdict, failed) => {
    const { verdict: actual, checks } = judge({ ...sound, ...change })
    expect([actual, checks.filter(({ ok }) => ok === false).map(({ check }) => check)]).toEqual([verdict, failed])
  })

  it('makes no statement about connections that were hardly in use', () => {
    const { verdict, checks } = judge({ ...sound, poolInUseMs: 500, inUseMs: 300 })
    expect([verdict, checks.find(({ check }) => check === 'littles_law')?.ok]).toEqual(['valid', null])
  })
})
