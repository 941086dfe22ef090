import { localZone, utc, type Zone } from '../time-zone.ts'
import { clockTime, isoInstant, readable } from './cell.ts'
import type { Format } from './choices.ts'
import { type Currency, currencyOf } from './currency.ts'
import type { Glyphs } from './glyphs.ts'
import { type Units, unitOf } from './units.ts'
import type { View } from './view.ts'

/** The output whose units these are. */
interface UnitsOptions {
  readonly env: NodeJS.ProcessEnv
  /** Undefined: the default of the command. */
  readonly format: Format | undefined
  /** Values without names, for a program. */
  readonly isBare: boolean
  readonly isUtc: boolean
  readonly isAtTerminal: boolean
  readonly glyphs: Glyphs
}

/** The formats that people read on a terminal. Ids and counts show no times, but belong to the lists that do. */
const localFormats: readonly Format[] = ['table', 'vertical', 'ids', 'count']

/** The units in which one output shows times and amounts: a zone, and the currency of the shop. */
export class OutputUnits {
  readonly #options: UnitsOptions
  #localZone: Zone | undefined
  #currency: Currency | undefined

  constructor(options: UnitsOptions) {
    this.#options = options
  }

  /** Sets the currency of the shop, as soon as the settings are known; before that, no amounts are written. */
  useCurrency(code: string | undefined): void {
    this.#currency = code === undefined ? undefined : currencyOf(code)
  }

  /**
   * The zone of times: that of the user on a terminal, and UTC for programs and files. `unlessGiven` is the format
   * without `--format`.
   */
  zone(unlessGiven: Format = 'table'): Zone {
    const { isUtc, isBare, isAtTerminal, format = unlessGiven, env } = this.#options
    const isLocal = !isUtc && !isBare && localFormats.includes(format) && isAtTerminal
    return isLocal ? (this.#localZone ??= localZone(env)) : utc
  }

  /** The units of a table. The currency is read late: a list is opened before the settings. */
  inTables(): Units {
    const { isBare, isAtTerminal, format = 'table' } = this.#options
    const isForPeople = !isBare && (format === 'table' || format === 'vertical')
    const currency = (): Currency | undefined => this.#currency
    return {
      zone: isForPeople && isAtTerminal ? this.zone() : undefined,
      get currency() {
        return currency()
      },
    }
  }

  /** The unit of a column. */
  ofColumn({ columns }: View, name: string): string | undefined {
    const column = columns.find((one) => one.name === name)
    return column === undefined ? undefined : unitOf(column, this.inTables())
  }

  /** A value for people. */
  cell(value: unknown): string {
    return readable(value, this.inTables().zone)
  }

  /** A time for a message, to the second: by the clocks of the user with their zone, or in ISO 8601. */
  time(at: Date): string {
    const second = new Date(Math.floor(at.getTime() / 1_000) * 1_000)
    return this.#options.isAtTerminal ? `${clockTime(second, this.zone())} ${this.zone().name}` : isoInstant(second)
  }

  /** An amount for a message, with the currency of the shop. */
  money(amount: string): string {
    const { grouped } = this.#options.glyphs
    const currency = this.#currency
    return currency === undefined ? grouped(amount) : `${grouped(currency.amount(amount))} ${currency.code}`
  }
}
