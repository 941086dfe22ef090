import type { SourceRecord } from '../../files/record.ts'
import { type Adjustment, adjustment, adjustmentKinds, type AdjustmentKind } from '../orders/adjustments.ts'
import { fromCents, toCents } from '../orders/money.ts'
import type { OrderStatus } from '../rules.ts'
import type { LineAmountField, ReportedAmountField } from './amount-fields.ts'
import type { StatedAmounts } from './order-total.ts'

/** The values of one record that are about its order. */
export interface HeadValues {
  readonly user: string | undefined
  readonly orderedAt: Date | undefined
  readonly status: OrderStatus | undefined
}

/** The amounts of one record. */
export interface ReadAmounts {
  readonly amounts: Amounts<AdjustmentKind>
  /** Amounts of this line alone. */
  readonly lineAmounts: Amounts<LineAmountField>
  readonly reported: Amounts<ReportedAmountField>
}

/** The texts of a record by field. */
type Texts = Readonly<SourceRecord['values']>

export type Amounts<Field extends string> = readonly (readonly [Field, string])[]

/** The faults of an order by line. */
export class Faulty {
  readonly byLine = new Map<number, string>()

  get size(): number {
    return this.byLine.size
  }

  add(line: number, ...faults: readonly string[]): void {
    if (faults.length === 0) return
    const before = this.byLine.get(line)
    this.byLine.set(line, [...(before === undefined ? [] : [before]), ...faults].join('; '))
  }
}

/** Times of one order that differ by less belong to one purchase, and the first of them counts. */
const onePurchaseMs = 3_600_000

/** The values that the lines of an order share. A line may leave any of them empty. */
export class OrderHead {
  readonly notes: string[] = []
  readonly #values = new Map<
    string,
    { readonly text: string; readonly compared: string | undefined; readonly at: number }
  >()
  readonly #amounts = new Map<AdjustmentKind, string>()
  readonly #repeated = new Set<AdjustmentKind>()
  readonly #lineCents = new Map<LineAmountField, bigint>()
  readonly #reported = new Map<ReportedAmountField, bigint[]>()
  #last: Texts = {}
  user: string | undefined
  status: OrderStatus | undefined
  orderedAt: Date | undefined

  constructor(private readonly faults: Faulty) {}

  /** Whether a record repeats the texts of the last one that was added, as most files do on every line of an order. */
  repeats(texts: Texts): boolean {
    const { user, ordered_at: orderedAt, status } = this.#last
    return texts['user'] === user && texts['ordered_at'] === orderedAt && texts['status'] === status
  }

  /** `texts` are those of the record from which the values were read. */
  add({ user, status, orderedAt }: HeadValues, texts: Texts, at: number): void {
    this.#last = texts
    // One address, whatever its case.
    if (this.#agrees('user', user, at, user?.toLowerCase())) this.user ??= user
    if (this.#agrees('status', status, at)) this.status ??= status
    if (orderedAt !== undefined) this.#addTime(orderedAt, at)
  }

  addAmounts({ amounts, lineAmounts, reported }: ReadAmounts, at: number): void {
    for (const [kind, amount] of amounts) {
      if (isZero(amount) || !this.#agrees(kind, amount, at)) continue
      if (this.#amounts.has(kind)) this.#repeated.add(kind)
      this.#amounts.set(kind, amount)
    }
    for (const [field, amount] of lineAmounts)
      this.#lineCents.set(field, (this.#lineCents.get(field) ?? 0n) + toCents(amount))
    for (const [field, amount] of reported) this.#addReported(field, toCents(amount))
  }

  /** Whether a line has stated this value of the order. */
  knows(field: string): boolean {
    if (field === 'user') return this.user !== undefined
    if (field === 'ordered_at') return this.orderedAt !== undefined
    return [...this.#amounts.keys(), ...this.#reported.keys()].some((known) => known === field)
  }

  /** Adds the user and the time of a line that is skipped. */
  fill({ user, orderedAt }: Pick<HeadValues, 'user' | 'orderedAt'>): void {
    this.user ??= user
    this.orderedAt ??= orderedAt
  }

  #addReported(field: ReportedAmountField, cents: bigint): void {
    const before = this.#reported.get(field)
    if (before === undefined) this.#reported.set(field, [cents])
    else before.push(cents)
  }

  get stated(): StatedAmounts {
    const valuesOf = (field: ReportedAmountField): readonly bigint[] => this.#reported.get(field) ?? []
    const [total, ...others] = new Set(valuesOf('reported_total'))
    const ofLines = valuesOf('reported_line_total')
    return {
      total: ofLines.length > 0 ? sumOf(ofLines) : others.length > 0 ? undefined : total,
      tax: sumOf(valuesOf('reported_line_tax')) + largest(valuesOf('reported_tax')),
      refund: largest(valuesOf('reported_refund')),
      lineDiscount: this.#amounts.has('discount') ? (this.#lineCents.get('line_discount') ?? 0n) : 0n,
    }
  }

  /** A sentence for each amount that several lines have. */
  get repeatNotes(): string[] {
    return [...this.#repeated].map(
      (kind) =>
        `its ${kind} of ${this.#amounts.get(kind) ?? ''} is on several lines, and counts once; ` +
        `if each line has its own, add --map line_${kind}=COLUMN`,
    )
  }

  get adjustments(): Adjustment[] {
    const ofLines = adjustmentKinds.filter((kind) => this.#lineCents.has(`line_${kind}`))
    return [...new Set([...this.#amounts.keys(), ...ofLines])].flatMap((kind) => {
      const cents = toCents(this.#amounts.get(kind) ?? '0') + (this.#lineCents.get(`line_${kind}`) ?? 0n)
      return adjustment(kind, fromCents(cents)) ?? []
    })
  }

  #agrees(name: string, text: string | undefined, at: number, compared = text): boolean {
    if (text === undefined) return false
    const before = this.#values.get(name)
    if (before === undefined) this.#values.set(name, { text, compared, at })
    else if (before.compared !== compared)
      this.faults.add(at, `${name} is '${text}' here, but '${before.text}' on line ${before.at} of the same order`)
    return true
  }

  /** Several lines may have the same reason. */
  #note(note: string): void {
    if (!this.notes.includes(note)) this.notes.push(note)
  }

  #addTime(time: Date, at: number): void {
    const before = this.orderedAt
    this.orderedAt ??= time
    if (before === undefined || before.getTime() === time.getTime()) return
    const [own, first] = [instantText(time), instantText(before)]
    if (Math.abs(time.getTime() - before.getTime()) >= onePurchaseMs)
      this.faults.add(
        at,
        `ordered_at is ${own} here, but ${first} on an earlier line of the same order; ` +
          'if order numbers start again, add --key order_ref,ordered_at',
      )
    else this.#note(`its lines have the times ${first} and ${own}, and the first one counts`)
  }
}

/** Some systems state an amount of the order on its first line, and zero on the others. */
const isZero = (amount: string): boolean => toCents(amount) === 0n

const sumOf = (all: readonly bigint[]): bigint => all.reduce((sum, cents) => sum + cents, 0n)

const largest = (all: readonly bigint[]): bigint => all.reduce((most, cents) => (cents > most ? cents : most), 0n)

export const instantText = (at: Date): string => `${at.toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length)}Z`
