import type { Declare } from '../declare.ts'
import { benchDrivers } from './drivers.ts'

export const verbs: readonly Declare[] = [benchDrivers]
