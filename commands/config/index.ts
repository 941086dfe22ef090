import type { Declare } from '../declare.ts'
import { configShow } from './show.ts'

export const verbs: readonly Declare[] = [configShow]
