import { loadavg } from 'node:os'
import type { Answers } from './trial.ts'

/** A round of one fault with one client. */
export interface Outcome {
  readonly kind: string
  readonly client: string
  readonly answers: Answers
  readonly wrong: readonly string[]
  readonly moves: readonly string[]
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`
const total = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0)
const load = (): string => `load average ${(loadavg()[0] ?? 0).toFixed(1)}`

export function roundLine({ kind, client, answers, wrong, moves }: Outcome): string {
  const { acknowledged, refused, unknown, errors, longestMs } = answers
  const figures = `${acknowledged.size} placed, ${refused.size} refused, ${unknown.size} unknown`
  const lines = [`  ${kind}, ${client}: ${seconds(longestMs)} without an order; ${figures}; ${load()}`]
  for (const [text, count] of errors) lines.push(`      ${count} × ${text}`)
  for (const move of moves) lines.push(`      ${move}`)
  for (const sentence of wrong) lines.push(`      WRONG: ${sentence}`)
  return lines.join('\n')
}

/** The rounds of each fault and client in one row. */
export function tableOf(
  outcomes: readonly Outcome[],
  { seed, skipped }: { seed: number; skipped?: string | undefined },
): string {
  const groups = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    const name = `${outcome.kind} | ${outcome.client}`
    groups.set(name, [...(groups.get(name) ?? []), outcome])
  }
  const rows = [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([name, all]) => `| ${name} | ${rowOf(all)} |`)
  const wrong = total(outcomes.map((outcome) => outcome.wrong.length))
  const placed = total(outcomes.map(({ answers }) => answers.acknowledged.size))
  return [
    `seed ${seed}, ${load()}`,
    '| fault | client | rounds | median | longest | errors | orders | refused | unknown | wrong |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    `${placed} orders were acknowledged; lost, doubled or contradicting: ${wrong}`,
    ...(skipped === undefined ? [] : [`HAProxy: ${skipped}`]),
  ].join('\n')
}

function rowOf(outcomes: readonly Outcome[]): string {
  const times = outcomes.map(({ answers }) => answers.longestMs).sort((a, b) => a - b)
  const sum = (of: (answers: Answers) => number): number => total(outcomes.map(({ answers }) => of(answers)))
  return [
    outcomes.length,
    seconds(median(times)),
    seconds(times.at(-1) ?? 0),
    sum(({ errors }) => total(errors.values())),
    sum(({ acknowledged }) => acknowledged.size),
    sum(({ refused }) => refused.size),
    sum(({ unknown }) => unknown.size),
    total(outcomes.map(({ wrong }) => wrong.length)),
  ].join(' | ')
}

function median(ascending: readonly number[]): number {
  const half = ascending.length / 2
  return ((ascending[Math.ceil(half) - 1] ?? 0) + (ascending[Math.floor(half)] ?? 0)) / 2
}
