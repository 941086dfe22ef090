import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ConfigFault } from './fault.ts'
import { exposure, ofStranger, readableByAll, writableByAll } from './file-access.ts'
import { holdsPassword } from './env-file.ts'
import { jsonFault } from './json-fault.ts'
import { nearest } from '../nearest.ts'
import { homeOf, shortPath, type Desk } from './paths.ts'
import { reasonOf } from './reason.ts'

/** A file of profiles, as far as it can be used; what is wrong with single profiles is said where they are. */
export interface ProfileFile {
  /** As it is told. */
  readonly name: string
  readonly folder: string
  readonly profiles: ReadonlyMap<string, unknown>
  /** The profile that is used where nothing says where the server is. */
  readonly standard: string | undefined
  readonly faults: readonly ConfigFault[]
}

const topKeys = ['profiles', 'default']

/** Those that {@link profilePaths} has found. */
export function readProfileFiles(paths: readonly string[], { env, cwd }: Desk): ProfileFile[] {
  return paths.map((path) => readProfileFile(path, shortPath(path, cwd, homeOf(env)), cwd))
}

function readProfileFile(path: string, name: string, cwd: string): ProfileFile {
  const nothing = { name, folder: dirname(path), profiles: new Map<string, unknown>(), standard: undefined }
  const refused = (fault: ConfigFault): ProfileFile => ({ ...nothing, faults: [fault] })
  try {
    const stats = statSync(path)
    const foreign = ofStranger(name, stats, cwd) ?? writableByAll(name, stats)
    if (foreign !== undefined) return refused(foreign)
    const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '')
    const broken = jsonFault(text)
    if (broken !== undefined)
      return refused({
        sentence: `${name}, line ${broken.line}, column ${broken.column}: ${broken.why}`,
        fix: 'mend it there: the file must be JSON, without comments',
      })
    const file = contentsOf(JSON.parse(text) as unknown, nothing)
    return [...file.profiles.values()].some(hasPassword) && readableByAll(stats)
      ? { ...file, faults: [exposure(name), ...file.faults] }
      : file
  } catch (cause) {
    return refused({ sentence: `cannot read ${name}: ${reasonOf(cause)}`, fix: 'mend that, or take the file away' })
  }
}

function contentsOf(content: unknown, file: Omit<ProfileFile, 'faults'>): ProfileFile {
  const { name } = file
  const form = 'it reads {"profiles": {"staging": {"host": "db.example.com"}}}'
  if (!isObject(content)) return { ...file, faults: [{ sentence: `${name} must hold a JSON object`, fix: form }] }
  const { profiles = {}, default: standard } = content
  const faults = Object.keys(content)
    .filter((key) => !topKeys.includes(key))
    .map((key) => {
      const meant = nearest(key, topKeys)
      return {
        sentence: `${name}: '${key}' means nothing here${meant === undefined ? '' : `; did you mean ${meant}?`}`,
        fix: form,
      }
    })
  if (!isObject(profiles))
    faults.push({ sentence: `${name}: profiles must be an object, a profile for each name`, fix: form })
  if (standard !== undefined && typeof standard !== 'string')
    faults.push({ sentence: `${name}: default must be the name of a profile`, fix: form })
  return {
    ...file,
    profiles: new Map(isObject(profiles) ? Object.entries(profiles) : []),
    standard: typeof standard === 'string' ? standard : undefined,
    faults,
  }
}

export function isObject(thing: unknown): thing is Readonly<Record<string, unknown>> {
  return typeof thing === 'object' && thing !== null && !Array.isArray(thing)
}

function hasPassword(profile: unknown): boolean {
  if (!isObject(profile)) return false
  const { password = '', url = '' } = profile
  return (password !== '' && password !== null) || (typeof url === 'string' && holdsPassword({ DB_URL: url }))
}
