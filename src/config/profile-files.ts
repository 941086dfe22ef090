import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ConfigFault } from './fault.ts'
import { exposure, ownedByOther, readableByAll, writableByAll } from './file-access.ts'
import { holdsPassword } from './env-file.ts'
import { jsonFault } from './json-fault.ts'
import { nearest } from '../nearest.ts'
import { homeOf, shortPath, type PathContext } from './paths.ts'
import { reasonOf } from './reason.ts'

/** The usable content of a file with profiles. The faults of single profiles are found when they are read. */
export interface ProfileFile {
  /** The path in its form for messages. */
  readonly name: string
  readonly folder: string
  readonly profiles: ReadonlyMap<string, unknown>
  /** The profile that applies if no other place has an address. */
  readonly standard: string | undefined
  readonly faults: readonly ConfigFault[]
}

const topKeys = ['profiles', 'default']

/** Reads the files found by {@link profilePaths}. Faults are part of the result. */
export function readProfileFiles(paths: readonly string[], { env, cwd }: PathContext): ProfileFile[] {
  return paths.map((path) => readProfileFile(path, shortPath(path, cwd, homeOf(env)), cwd))
}

function readProfileFile(path: string, name: string, cwd: string): ProfileFile {
  const nothing = { name, folder: dirname(path), profiles: new Map<string, unknown>(), standard: undefined }
  const rejected = (fault: ConfigFault): ProfileFile => ({ ...nothing, faults: [fault] })
  try {
    const stats = statSync(path)
    const untrusted = ownedByOther(name, stats, cwd) ?? writableByAll(name, stats)
    if (untrusted !== undefined) return rejected(untrusted)
    const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '')
    const syntax = jsonFault(text)
    if (syntax !== undefined)
      return rejected({
        sentence: `${name}, line ${syntax.line}, column ${syntax.column}: ${syntax.why}`,
        fix: 'correct the file: it must be JSON without comments',
      })
    const file = contentsOf(JSON.parse(text) as unknown, nothing)
    return [...file.profiles.values()].some(hasPassword) && readableByAll(stats)
      ? { ...file, faults: [exposure(name), ...file.faults] }
      : file
  } catch (cause) {
    return rejected({
      sentence: `cannot read ${name}: ${reasonOf(cause)}`,
      fix: 'check the file and its permissions, or remove it',
    })
  }
}

function contentsOf(content: unknown, file: Omit<ProfileFile, 'faults'>): ProfileFile {
  const { name } = file
  const form = 'the file has the form {"profiles": {"staging": {"host": "db.example.com"}}}'
  if (!isObject(content)) return { ...file, faults: [{ sentence: `${name} must contain a JSON object`, fix: form }] }
  const { profiles = {}, default: standard } = content
  const faults = Object.keys(content)
    .filter((key) => !topKeys.includes(key))
    .map((key) => {
      const meant = nearest(key, topKeys)
      return {
        sentence: `${name}: unknown key '${key}'${meant === undefined ? '' : `; did you mean ${meant}?`}`,
        fix: form,
      }
    })
  if (!isObject(profiles))
    faults.push({ sentence: `${name}: profiles must be an object with one profile per name`, fix: form })
  if (standard !== undefined && typeof standard !== 'string')
    faults.push({ sentence: `${name}: default must be the name of a profile`, fix: form })
  return {
    ...file,
    profiles: new Map(isObject(profiles) ? Object.entries(profiles) : []),
    standard: typeof standard === 'string' ? standard : undefined,
    faults,
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasPassword(profile: unknown): boolean {
  if (!isObject(profile)) return false
  const { password = '', url = '' } = profile
  return (password !== '' && password !== null) || (typeof url === 'string' && holdsPassword({ DB_URL: url }))
}
