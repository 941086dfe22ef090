import type { Verbs } from '../kit/command.ts'
import { configProfiles } from './profiles.ts'
import { configShow } from './show.ts'
import { configTrust } from './trust.ts'
import { configUntrust } from './untrust.ts'

export const verbs: Verbs = {
  show: configShow,
  profiles: configProfiles,
  trust: configTrust,
  untrust: configUntrust,
}
