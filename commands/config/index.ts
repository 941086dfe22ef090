import type { Verbs } from '../kit/command.ts'
import { configProfiles } from './profiles.ts'
import { configShow } from './show.ts'

export const verbs: Verbs = { show: configShow, profiles: configProfiles }
