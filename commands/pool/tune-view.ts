import { data, number, type Row, sentence, text, type View } from '../../src/output/view.ts'
import type { Advice, Doubt } from '../../src/stress/advice.ts'
import type { Goal } from '../../src/stress/rounds.ts'
import type { PoolLines } from '../../src/stress/pool-names.ts'
import { counted } from '../../src/in-words.ts'

export const goalText = (goal: Goal): string => (goal.kind === 'throughput' ? 'throughput' : `p99 < ${goal.belowMs} ms`)

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

export const adviceView: View = {
  columns: [
    text('verdict'),
    data('recommended'),
    number('recommended_size'),
    data('range'),
    text('confidence'),
    data('doubts'),
    text('limit'),
    data('rounds'),
    data('discarded_rounds'),
    data('other_load'),
    data('points'),
    data('usl'),
    data('sensitivity'),
    data('connections'),
    data('settings'),
  ],
  id: 'recommended_size',
}

/** For people, the curve, the fitted law and the names of another pool follow as tables. */
export function viewFor(advice: Advice, settings: PoolLines | null): View {
  return {
    ...adviceView,
    sections: () => [
      { view: curveView, rows: curveRows(advice) },
      { view: lawView, rows: lawRows(advice) },
      { view: namesView, rows: nameRows(settings) },
    ],
  }
}

const curveView: View = {
  columns: [number('pool_size'), number('throughput'), number('p99_ms'), number('spread'), number('client_cpu')],
  id: 'pool_size',
  spare: ['client_cpu', 'spread'],
  chart: { column: 'throughput', kind: 'bars' },
}

function curveRows({ points }: Advice): Row[] {
  return points.map(({ pool_size, throughput, p99_ms, spread, client_cpu }) => ({
    pool_size,
    throughput: throughput.toFixed(1),
    p99_ms: p99_ms?.toFixed(1) ?? null,
    spread: percent(spread),
    client_cpu: percent(client_cpu),
  }))
}

const lawView: View = {
  columns: [text('law'), number('value'), sentence('range'), sentence('meaning')],
  id: 'law',
}

function lawRows({ usl }: Advice): Row[] {
  if (usl === null) return []
  const range = ([from, to]: readonly [number, number]): string => `${from.toPrecision(2)} to ${to.toPrecision(2)}`
  const peakMeaning = usl.peak === null ? 'the maximum is outside of the measured sizes' : 'connections at the maximum'
  return [
    { law: 'lambda', value: usl.lambda.toFixed(1), range: '', meaning: 'per second, with one connection' },
    {
      law: 'sigma',
      value: usl.sigma.toPrecision(2),
      range: range(usl.sigma_range),
      meaning: 'share of work that runs one at a time',
    },
    {
      law: 'kappa',
      value: usl.kappa.toPrecision(2),
      range: range(usl.kappa_range),
      meaning: 'cost of each connection to every other',
    },
    {
      law: 'r2',
      value: usl.r2.toFixed(3),
      range: '',
      meaning: 'goodness of fit; it says nothing beyond the sizes above',
    },
    { law: 'peak', value: usl.peak?.toFixed(1) ?? null, range: '', meaning: peakMeaning },
  ]
}

const namesView: View = { columns: [text('setting'), text('their_name')], id: 'setting' }

function nameRows(settings: PoolLines | null): Row[] {
  if (settings === null || settings.for === 'dbtool') return []
  return Object.entries(settings.names).map(([setting, name]) => ({ setting, their_name: name ?? 'none' }))
}

/** Whether the pools of all processes fit the server. */
export interface Connections extends Record<'max_connections' | 'in_use' | 'instances', number> {
  readonly wanted: number | null
  readonly fits: boolean | null
}

interface Asked {
  readonly min: number
  readonly max: number
  readonly workers: number
  readonly goal: Goal
}

interface Tuned {
  readonly advice: Advice
  readonly connections: Connections
  /** Null without a recommendation. */
  readonly settings: PoolLines | null
  readonly discardedRounds: number
}

/** The conclusions in sentences; the first one is the verdict. A line with a space in front is to be pasted. */
export function sentencesFor({ advice, connections, settings, discardedRounds }: Tuned, asked: Asked): string[] {
  const doubts = advice.doubts.map((doubt) => doubtTexts[doubt](advice))
  const confidence = doubts.length === 0 ? [] : [`low confidence: ${doubts.join('; ')}`]
  const discarded = discardedText(discardedRounds)
  const { recommended } = advice
  return recommended === null
    ? [withoutKnee(advice, asked), ...confidence, ...discarded]
    : [
        kneeText(advice, recommended.pool_size, asked.goal),
        ...confidence,
        ...discarded,
        ...limitText(advice, asked, recommended.pool_size),
        fitText(connections),
        ...settingsText(settings),
      ]
}

const discardedText = (rounds: number): string[] =>
  rounds === 0 ? [] : [`${counted(rounds, 'round')} discarded: the server was away, or another host took over`]

const doubtTexts: Readonly<Record<Doubt, (advice: Advice) => string>> = {
  'other-load': ({ other_load }) => `other programs use ${percent(other_load)} of this machine`,
  'wide-range': () => 'the rounds differ too much for a narrow range; use a longer --time',
  'too-little-time': () => 'the time was up too early; use a longer --time',
  interrupted: ({ rounds }) => `interrupted after ${counted(rounds, 'round')}`,
  'client-bound': () => 'this process was the limit; use --threads, or generate the load from more machines',
}

function withoutKnee({ limit, points }: Advice, { min, max: asked, workers, goal }: Asked): string {
  const max = Math.max(...points.map(({ pool_size }) => pool_size))
  if (limit === null) {
    const lowest = Math.min(...points.flatMap(({ p99_ms }) => p99_ms ?? []))
    return `no size from ${min} to ${max} meets ${goalText(goal)}; the lowest p99 was ${lowest.toFixed(1)} ms`
  }
  if (max < asked) return `no knee up to ${counted(max, 'connection')}; larger sizes were not measured`
  if (limit === 'load') return `no knee up to ${workers} connections, one for each worker; use more --workers`
  return (
    `no knee up to ${max} connections: throughput still grows; ` +
    'use a larger --max, or size the pool by the connections that the server can spare'
  )
}

/** The share of the best throughput that the recommended size reaches. */
const goodEnough = 0.95

function kneeText({ range, sensitivity, points }: Advice, poolSize: number, goal: Goal): string {
  const costs = [...costOf(sensitivity.half, 'half'), ...costOf(sensitivity.double, 'twice')]
  const pool = `a pool of ${counted(poolSize, 'connection')}${rangeText(range, poolSize)}`
  const eligible = points.filter(({ p99_ms }) => goal.kind === 'throughput' || (p99_ms ?? Infinity) < goal.belowMs)
  const best = Math.max(...eligible.map(({ throughput }) => throughput))
  const own = points.find((point) => point.pool_size === poolSize)?.throughput ?? best
  const sentence =
    `${pool} reaches at least ${percent(goodEnough)} of the best throughput` +
    (goal.kind === 'throughput' ? '' : ` with ${goalText(goal)}`) +
    // The medians of the table say so only where the rounds hardly differ.
    (own < best * goodEnough ? ', as far as the noise of the rounds can tell' : '')
  return [sentence, ...(costs.length === 0 ? [] : [costs.join(', ')])].join('; ')
}

/** The range as a part of a sentence, empty if it is a single size. */
function rangeText({ from, to }: Advice['range'], poolSize: number): string {
  if (from === to || from === null) return ''
  if (to !== null) return ` (between ${from} and ${to})`
  return from === poolSize ? ' (or more)' : ` (at least ${from})`
}

function limitText({ limit, points }: Advice, { workers }: Asked, poolSize: number): string[] {
  const clientCpu = points.find((point) => point.pool_size === poolSize)?.client_cpu ?? 0
  if (limit === 'server')
    return [`the server was the limit: this process was busy for ${percent(clientCpu)} of the time`]
  if (limit === 'load')
    return [`the load was the limit: ${counted(workers, 'worker')} cannot use more connections; use more --workers`]
  return []
}

function fitText({ instances, max_connections, in_use, wanted, fits }: Connections): string {
  return (
    `${counted(instances, 'process', 'processes')} would need ${wanted ?? 0} of ${max_connections} connections, ` +
    `of which ${in_use} are in use: ${fits === true ? 'they fit' : 'they do NOT fit'}`
  )
}

function settingsText(settings: PoolLines | null): string[] {
  if (settings === null) return []
  const { caption, file, lines, lacks } = settings
  const place = settings.for === 'dbtool' ? file : `${caption}, ${file}`
  return [`for ${place}:`, ...lines.map((line) => `  ${line}`), ...lacks.map((lack) => `${caption}: ${lack}`)]
}

function costOf(share: number | null, factor: 'half' | 'twice'): string[] {
  if (share === null) return []
  return [`${factor} as many would ${share > 0.005 ? `cost ${Math.round(share * 100)} %` : 'cost nothing'}`]
}
