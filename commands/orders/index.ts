import type { Declare } from '../declare.ts'
import { ordersExport } from './export.ts'
import { ordersGet } from './get.ts'
import { ordersImport } from './import.ts'
import { ordersList } from './list.ts'
import { orderMoves } from './moves.ts'
import { ordersPlace } from './place.ts'

export const verbs: readonly Declare[] = [ordersPlace, ordersGet, ordersList, orderMoves, ordersImport, ordersExport]
