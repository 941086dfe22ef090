import type { Verbs } from '../kit/command.ts'
import { benchDrivers } from './drivers.ts'

export const verbs: Verbs = { drivers: benchDrivers }
