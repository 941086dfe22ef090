import { dayMs, readingAt } from '../time-zone.ts'
import type { Asked } from './report.ts'

/** A kind of period by its labels: `2026-11-28`, `2026-W48` (ISO 8601), `2026-11`. Days are milliseconds in UTC. */
interface Calendar {
  /** The first day of the period that has this label. */
  readonly firstDay: (label: string) => number
  readonly labelOf: (day: number) => string
  readonly next: (firstDay: number) => number
}

const dateText = (day: number): string => new Date(day).toISOString().slice(0, 'YYYY-MM-DD'.length)
const dayOf = (text: string): number => new Date(`${text}T00:00:00Z`).getTime()
const monday = (day: number): number => day - ((new Date(day).getUTCDay() + 6) % 7) * dayMs

const calendars = {
  day: { firstDay: dayOf, labelOf: dateText, next: (day) => day + dayMs },
  week: {
    // The fourth of January is in the first week of its year.
    firstDay: (label) => monday(dayOf(`${label.slice(0, 4)}-01-04`)) + (Number(label.slice(6)) - 1) * 7 * dayMs,
    labelOf(day) {
      const thursday = monday(day) + 3 * dayMs
      const year = dateText(thursday).slice(0, 4)
      const week = Math.floor((thursday - dayOf(`${year}-01-01`)) / (7 * dayMs)) + 1
      return `${year}-W${String(week).padStart(2, '0')}`
    },
    next: (day) => monday(day) + 7 * dayMs,
  },
  month: {
    firstDay: (label) => dayOf(`${label}-01`),
    labelOf: (day) => dateText(day).slice(0, 'YYYY-MM'.length),
    next: (day) => new Date(day).setUTCMonth(new Date(day).getUTCMonth() + 1, 1),
  },
} as const satisfies Record<string, Calendar>

type AskedPeriods = Asked & { readonly by: keyof typeof calendars }

/**
 * Adds an empty row for each period without any, between the first and the last row. If a period of time is asked for,
 * its beginning and its end count, too, but not the future. `limit` is the number of most recent rows.
 */
export function withEmptyPeriods<R extends { readonly period: string }>(
  rows: readonly R[],
  { by, limit, ...asked }: AskedPeriods,
  emptyRow: (period: string) => R,
): R[] {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return []
  const { firstDay, labelOf, next }: Calendar = calendars[by]
  const found = new Map(rows.map((row) => [row.period, row]))
  const [start, end] = bounds([firstDay(first.period), firstDay(last.period)], asked)
  const filled: R[] = []
  for (let day = firstDay(labelOf(start)); day <= end; day = next(day)) {
    const label = labelOf(day)
    filled.push(found.get(label) ?? emptyRow(label))
  }
  return limit === 0 ? filled : filled.slice(-limit)
}

function bounds(
  [first, last]: readonly [number, number],
  { since, until, now, zone }: Pick<Asked, 'since' | 'until' | 'now' | 'zone'>,
): [start: number, end: number] {
  const reading = (at: Date): number => readingAt(zone, at)
  const ending = until === undefined ? now : new Date(Math.min(until.getTime() - 1, now.getTime()))
  return [
    since === undefined ? first : Math.min(first, reading(since)),
    since === undefined && until === undefined ? last : Math.max(last, reading(ending)),
  ]
}
