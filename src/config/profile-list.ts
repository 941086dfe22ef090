import { isOn } from '../settings.ts'
import { homeOf } from '../user-folders.ts'
import { wrongValue, type ConfigFault } from './fault.ts'
import type { Texts } from './layers.ts'
import { profilePaths, type PathContext } from './paths.ts'
import { profileLayer, type Profile } from './profile.ts'
import { readProfileFiles } from './profile-files.ts'

export interface ProfileSummary {
  readonly profile: string
  readonly file: string
  /** The target as far as the profile itself determines it. */
  readonly target: string
  readonly protected: boolean
  readonly read_only: boolean
  readonly used: boolean
}

/**
 * All profiles, those of the project first, and the faults of any of them. A profile of the user is omitted if the
 * project has one of the same name.
 */
export function summarizeProfiles(
  context: PathContext,
  used: Profile | undefined,
): { profiles: ProfileSummary[]; faults: ConfigFault[] } {
  const [home, files] = [homeOf(context.env), readProfileFiles(profilePaths(context), context)]
  const wrong: string[] = []
  const seen = new Set<string>()
  const profiles = files.flatMap((file) =>
    [...file.profiles.keys()]
      .filter((name) => !seen.has(name))
      .map((name) => {
        seen.add(name)
        const { texts } = profileLayer(file, name, { home, wrong })
        return {
          profile: name,
          file: file.name,
          target: targetOf(texts),
          protected: isOn(texts.DB_PROTECTED),
          read_only: isOn(texts.DB_READ_ONLY),
          used: used?.name === name,
        }
      }),
  )
  return { profiles, faults: [...files.flatMap(({ faults }) => faults), ...wrong.map(wrongValue)] }
}

function targetOf({
  DB_USER: user,
  DB_HOST: host = '',
  DB_PORT: port,
  DB_SOCKET: socket,
  DB_NAME: database,
}: Texts): string {
  const address = socket ?? `${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`
  return `${user === undefined ? '' : `${user}@`}${address}${database === undefined ? '' : `/${database}`}`
}
