import type { Zone } from '../time-zone.ts'
import type { Currency } from './currency.ts'
import type { Column } from './view.ts'

/** The units of times and amounts in tables for people. Programs get UTC, and amounts without a currency. */
export interface Units {
  /** Undefined: UTC, without its name. */
  readonly zone: Zone | undefined
  /** Undefined: the shop has not named its currency. */
  readonly currency: Currency | undefined
}

export const noUnits: Units = { zone: undefined, currency: undefined }

/** The name of the unit of a column: of its zone, or of its currency. */
export function unitOf({ unit }: Column, { zone, currency }: Units): string | undefined {
  if (unit === 'time') return zone?.name
  return unit === 'money' ? currency?.code : undefined
}
