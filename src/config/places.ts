import type { ConfigSources } from './layers.ts'
import { profileVariable } from './entries.ts'
import type { EnvFile } from './env-file.ts'
import type { ConfigFault } from './fault.ts'
import { flagOrigin, hasAddress, layerOf, type Layer } from './layers.ts'
import { homeOf, profilePaths } from './paths.ts'
import type { Profile, ProfileChoice } from './profile.ts'

/** Every place that says something about the connection, the highest first. */
export interface Places {
  readonly layers: readonly Layer[]
  readonly faults: readonly ConfigFault[]
  /** The one that is used. */
  readonly profile: Profile | undefined
}

/**
 * Flags; what they name (a profile, an option file); the environment; the profile that it names; the env file; the
 * profile that it names. And
 * where all that does not say where the server is: the default profile, the private server. `wrong` takes the sentences
 * about values.
 */
export async function gatherPlaces(sources: ConfigSources, envFile: EnvFile, wrong: string[]): Promise<Places> {
  const { env, cwd, flags, optionFile } = sources
  const [home, paths, choice] = [homeOf(env), profilePaths({ env, cwd }), askedFor(sources, envFile)]
  // Most people have none: they should not pay for it.
  const profileModule = paths.length > 0 || choice !== undefined ? await import('./profile.ts') : undefined
  const files = profileModule?.readProfileFiles(paths, { env, cwd }) ?? []
  const asked = choice === undefined ? undefined : profileModule?.findProfile(files, choice, home)
  const namedIn = (origin: string): Layer[] =>
    asked?.layer !== undefined && asked.origin === origin ? [asked.layer] : []
  const options =
    optionFile === undefined
      ? undefined
      : (await import('./option-layer.ts')).optionFileLayer(optionFile, { cwd, home })
  const layers = [
    layerOf({ origin: flagOrigin }, flags, wrong),
    ...namedIn(flagOrigin),
    ...(options === undefined ? [] : [options.layer]),
    layerOf({ origin: 'environment' }, env, wrong),
    ...namedIn('environment'),
    layerOf({ origin: envFile.name }, envFile.texts, wrong),
    ...namedIn(envFile.name),
  ]
  const profile = asked ?? (layers.some(hasAddress) ? undefined : profileModule?.defaultProfile(files, home))
  if (asked === undefined && profile?.layer !== undefined) layers.push(profile.layer)
  if (!layers.some(hasAddress)) layers.push(await privateServer(sources))
  return {
    layers,
    faults: [...files.flatMap(({ faults }) => faults), ...(profile?.faults ?? []), ...(options?.faults ?? [])],
    profile,
  }
}

/** What is nearest to the person counts. As with settings, an empty variable counts as not set. */
function askedFor({ profile, env }: ConfigSources, envFile: EnvFile): ProfileChoice | undefined {
  if (profile !== undefined) return { name: profile, origin: flagOrigin }
  const inVariables = [
    { origin: 'environment', name: env[profileVariable] },
    { origin: envFile.name, name: envFile.texts[profileVariable] },
  ]
  return inVariables.flatMap(({ origin, name = '' }) => (name === '' ? [] : [{ origin, name }]))[0]
}

async function privateServer({ findPrivateServer }: ConfigSources): Promise<Layer> {
  const server = await findPrivateServer()
  const texts = server === undefined ? {} : { DB_SOCKET: server.socket, DB_USER: server.user, DB_NAME: server.database }
  return { origin: 'private server', texts }
}
