import { dirname } from 'node:path'
import { isObject } from '../kind-of.ts'
import { readableByAll } from '../file-trust.ts'
import { nearest } from '../nearest.ts'
import { quoteValue } from '../values.ts'
import { homeOf } from '../user-folders.ts'
import { holdsPassword } from './env-file.ts'
import type { ConfigFault } from './fault.ts'
import { exposure } from './file-access.ts'
import { readFound } from './found-file.ts'
import { jsonFault } from './json-fault.ts'
import { readOwn, type Ignored } from './own-file.ts'
import { shortPath, type PathContext, type ProfilePath } from './paths.ts'
import { reasonOf } from './reason.ts'

/** The usable content of a file with profiles. The faults of single profiles are found when they are read. */
export interface ProfileFile {
  /** The path in its form for messages. */
  readonly name: string
  readonly folder: string
  /** Whether dbtool has found it in a project, and not in this user's configuration. */
  readonly isFound: boolean
  readonly ignored?: Ignored | undefined
  readonly profiles: ReadonlyMap<string, unknown>
  /** The profile that applies if no other place has an address. */
  readonly standard: string | undefined
  readonly faults: readonly ConfigFault[]
}

/** Completion and hints put the name into command lines, so it needs no quotes in any shell. */
const profileName = /^[A-Za-z0-9_.-]+$/
const topKeys = ['profiles', 'default']

/**
 * Reads the files of {@link profilePaths}: of the projects' ones, the nearest that can be trusted, after those that are
 * ignored. Faults are part of the result.
 */
export function readProfileFiles(paths: readonly ProfilePath[], context: PathContext): ProfileFile[] {
  const files: ProfileFile[] = []
  for (const path of paths)
    if (!path.isFound || files.every(({ ignored }) => ignored !== undefined)) files.push(readProfileFile(path, context))
  return files
}

function readProfileFile({ path, isFound }: ProfilePath, { env, cwd }: PathContext): ProfileFile {
  const name = shortPath(path, cwd, homeOf(env))
  const nothing = { name, folder: dirname(path), isFound, profiles: new Map<string, unknown>(), standard: undefined }
  const rejected = (fault: ConfigFault): ProfileFile => ({ ...nothing, faults: [fault] })
  try {
    const trusted = isFound ? readFound({ path, name, cwd, env }) : readOwn(path, name)
    if ('ignored' in trusted) return { ...nothing, ignored: trusted.ignored, faults: [] }
    const { text } = trusted.file
    const syntax = jsonFault(text)
    if (syntax !== undefined)
      return rejected({
        sentence: `${name}, line ${syntax.line}, column ${syntax.column}: ${syntax.why}`,
        fix: 'correct the file: it must be JSON without comments',
      })
    const file = contentsOf(JSON.parse(text) as unknown, nothing)
    return [...file.profiles.values()].some(hasPassword) && readableByAll(trusted.file.stats)
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
  const named = isObject(profiles) ? Object.entries(profiles) : []
  for (const [profile] of named)
    if (!profileName.test(profile))
      faults.push({
        sentence: `${name}: the name of profile ${quoteValue(profile)} may only have letters, digits, '_', '.' and '-'`,
        fix: 'rename the profile',
      })
  if (standard !== undefined && typeof standard !== 'string')
    faults.push({ sentence: `${name}: default must be the name of a profile`, fix: form })
  return {
    ...file,
    profiles: new Map(named.filter(([profile]) => profileName.test(profile))),
    standard: typeof standard === 'string' ? standard : undefined,
    faults,
  }
}

function hasPassword(profile: unknown): boolean {
  if (!isObject(profile)) return false
  const { password = '', url = '' } = profile
  return (password !== '' && password !== null) || (typeof url === 'string' && holdsPassword({ DB_URL: url }))
}
