import { homeOf } from '../user-folders.ts'
import type { ConfigSources } from './layers.ts'
import { profileVariable } from './entries.ts'
import type { EnvFile } from './env-file.ts'
import type { ConfigFault } from './fault.ts'
import { flagOrigin, hasAddress, layerOf, type Layer } from './layers.ts'
import type { Ignored, IgnoredPlace } from './own-file.ts'
import { profilePaths } from './paths.ts'
import type { Profile, ProfileChoice } from './profile.ts'

/** All places with connection settings, in order of precedence. */
export interface Places {
  readonly layers: readonly Layer[]
  readonly faults: readonly ConfigFault[]
  /** The files and servers that were found but not trusted. */
  readonly ignored: readonly IgnoredPlace[]
  /** The profile in use. */
  readonly profile: Profile | undefined
  /** No place names a server, and the private server does not run, although it has data. */
  readonly isServerStopped: boolean
}

/**
 * Reads all places in order of precedence: the flags, their profile and option file; the environment and its profile;
 * the env file and its profile. If none of them has an address, the default profile and the private server follow.
 * Sentences about invalid values are added to `wrong`.
 */
export async function gatherPlaces(sources: ConfigSources, envFile: EnvFile, wrong: string[]): Promise<Places> {
  const { env, cwd } = sources
  const [home, paths, choice] = [homeOf(env), profilePaths({ env, cwd }), profileChoice(sources, envFile)]
  // Loaded on demand: most users have no profiles.
  const profileModule = paths.length > 0 || choice !== undefined ? await import('./profile.ts') : undefined
  const files = profileModule?.readProfileFiles(paths, { env, cwd }) ?? []
  const selected = choice === undefined ? undefined : profileModule?.findProfile(files, choice, home)
  const options = await optionLayer(sources, home)
  const layers = namedLayers(sources, envFile, { profile: selected, options: options?.layer, wrong })
  const isNamed = layers.some(hasAddress)
  const profile = selected ?? (isNamed ? undefined : profileModule?.defaultProfile(files, home))
  if (selected === undefined && profile?.layer !== undefined) layers.push(profile.layer)
  const server = layers.some(hasAddress) ? undefined : await privateServer(sources)
  const ignored = [...[envFile, ...files].flatMap((file) => file.ignored ?? []), ...(server?.ignored ?? [])]
  const places = ignored.map((file) => ({ ...file, stops: !isNamed && !file.isStray }))
  return {
    layers: [...layers, ...(server?.layers ?? [])],
    faults: [
      ...files.flatMap(({ faults }) => faults),
      ...(profile?.faults ?? []),
      ...(options?.faults ?? []),
      ...places.filter(({ stops }) => stops).map(withoutServer),
    ],
    ignored: places,
    profile,
    isServerStopped: server?.isStopped === true,
  }
}

async function optionLayer(
  { optionFile, cwd }: ConfigSources,
  home: string,
): Promise<{ readonly layer: Layer; readonly faults: readonly ConfigFault[] } | undefined> {
  return optionFile === undefined
    ? undefined
    : (await import('./option-layer.ts')).optionFileLayer(optionFile, { cwd, home })
}

interface NamedPlaces {
  readonly profile: Profile | undefined
  readonly options: Layer | undefined
  readonly wrong: string[]
}

/** The layers that somebody has named, each with the profile that it selects. */
function namedLayers(
  { flags, env }: ConfigSources,
  envFile: EnvFile,
  { profile, options, wrong }: NamedPlaces,
): Layer[] {
  const selectedIn = (origin: string): Layer[] =>
    profile?.layer !== undefined && profile.origin === origin ? [profile.layer] : []
  return [
    layerOf({ origin: flagOrigin }, flags, wrong),
    ...selectedIn(flagOrigin),
    ...(options === undefined ? [] : [options]),
    layerOf({ origin: 'environment' }, env, wrong),
    ...selectedIn('environment'),
    layerOf({ origin: envFile.name, found: envFile.found }, envFile.texts, wrong),
    ...selectedIn(envFile.name),
  ]
}

const withoutServer = ({ sentence, fix }: Ignored): ConfigFault => ({
  sentence: `${sentence}, but no other place names a server`,
  fix,
})

/** The selected profile: a flag comes before the environment, and that before the env file. Empty means not set. */
function profileChoice({ profile, env }: ConfigSources, envFile: EnvFile): ProfileChoice | undefined {
  if (profile !== undefined) return { name: profile, origin: flagOrigin }
  const inVariables = [
    { origin: 'environment', name: env[profileVariable] },
    { origin: envFile.name, name: envFile.texts[profileVariable] },
  ]
  return inVariables.flatMap(({ origin, name = '' }) => (name === '' ? [] : [{ origin, name }]))[0]
}

/** The origin of the settings that belong to the running private server. */
export const privateServerOrigin = 'private server'

interface PrivateServerPlace extends Pick<Places, 'layers'> {
  readonly ignored: readonly Ignored[]
  readonly isStopped: boolean
}

async function privateServer({ findPrivateServer }: ConfigSources): Promise<PrivateServerPlace> {
  const server = await findPrivateServer()
  const place = { layers: [], ignored: [], isStopped: false }
  if (server === undefined) return place
  if ('isStopped' in server) return { ...place, isStopped: true }
  if ('foreign' in server) {
    const fix = 'set DBTOOL_HOME to a folder of your own'
    return { ...place, ignored: [{ sentence: server.foreign, fix, isStray: false }] }
  }
  const texts = { DB_SOCKET: server.socket, DB_USER: server.user, DB_NAME: server.database }
  return { ...place, layers: [{ origin: privateServerOrigin, texts }] }
}
