import type { Inspection } from '../../config/config.ts'
import { readableByAll } from '../../file-trust.ts'
import { unknownNames } from '../../config/unknown-names.ts'
import { isOn, type SettingName } from '../../settings.ts'
import type { Configuration } from '../facts.ts'
import { statOf } from './stat.ts'

/** The facts about the configuration. */
export function configurationFacts(
  { entries, faults, ignored, envFile, profile, passwordInUrl }: Inspection,
  env: NodeJS.ProcessEnv,
): Configuration {
  const path = entries.find((entry) => entry.name === ('DB_PASSWORD_FILE' satisfies SettingName))?.value ?? undefined
  return {
    settings: entries.map(({ name, origin }) => ({ name, origin })),
    faults: faults.filter((fault) => fault !== envFile.exposed),
    ignored,
    envFile,
    profile:
      profile === undefined ? undefined : { name: profile.name, origin: profile.origin, marks: marksOf(entries) },
    passwordFile: path === undefined ? undefined : { path, readableByOthers: readableByOthers(path) },
    passwordInUrl,
    strays: unknownNames('environment', Object.keys(env)),
  }
}

const marks = { DB_PROTECTED: 'protected', DB_READ_ONLY: 'read-only' } as const satisfies Partial<
  Record<SettingName, string>
>

function marksOf(entries: Inspection['entries']): string[] {
  return Object.entries(marks).flatMap(([setting, mark]) =>
    entries.some(({ name, value }) => name === setting && isOn(value ?? '')) ? [mark] : [],
  )
}

/** The origin of the part of the address that decides: the socket, or else the host, or else the port. */
export function originOf({ entries }: Inspection): string {
  const origin = (name: SettingName): string | undefined =>
    entries.find((entry) => entry.name === name && entry.value !== null && entry.origin !== 'default')?.origin
  return origin('DB_SOCKET') ?? origin('DB_HOST') ?? origin('DB_PORT') ?? 'default'
}

function readableByOthers(path: string): boolean {
  const stats = statOf(path)
  return stats !== undefined && readableByAll(stats)
}
