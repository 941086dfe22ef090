import type { Verbs } from '../kit/command.ts'
import { ordersExport } from './export.ts'
import { ordersGet } from './get.ts'
import { ordersImport } from './import.ts'
import { ordersList } from './list.ts'
import { orderMoves } from './moves.ts'
import { ordersPlace } from './place.ts'

export const verbs: Verbs = {
  place: ordersPlace,
  get: ordersGet,
  list: ordersList,
  'confirm ship deliver cancel': orderMoves,
  import: ordersImport,
  export: ordersExport,
}
