import type { Declare } from '../declare.ts'
import { configProfiles } from './profiles.ts'
import { configShow } from './show.ts'

export const verbs: readonly Declare[] = [configShow, configProfiles]
