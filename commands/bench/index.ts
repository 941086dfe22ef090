import type { Verbs } from '../declare.ts'
import { benchDrivers } from './drivers.ts'

export const verbs: Verbs = { drivers: benchDrivers }
