import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isNodeError } from '../errors.ts'
import { wrongValue, type ConfigFault } from './fault.ts'
import { exposure, readableByAll, writableByAll } from './file-access.ts'
import { optionLines, type Line } from './option-lines.ts'
import { pathIn } from './paths.ts'
import { reasonOf } from './reason.ts'

/** One option of a group that is read, as it applies: the last one of a name counts. */
export interface Option {
  /** With `-`, where the file may have `_`. */
  readonly name: string
  /** Undefined: the name alone. */
  readonly value: string | undefined
}

export interface Folders {
  readonly cwd: string
  readonly home: string
}

/** What every client of MariaDB reads, and the group of our own name, as each program has one. */
const groups = ['client', 'client-server', 'client-mariadb', 'dbtool']
/** As deep as MariaDB's programs follow `!include`. */
const deepest = 10

/** The options of a my.cnf and of what it includes, read as MariaDB's own programs read them (mysys/my_default.c). */
export function readOptions(path: string, folders: Folders, faults: ConfigFault[]): Option[] {
  try {
    return optionsOf(path, folders, { faults, depth: 0 })
  } catch (cause) {
    faults.push({
      sentence: `cannot read the option file ${path}: ${reasonOf(cause)}`,
      fix: 'mend that, or name another file with --defaults-file',
    })
    return []
  }
}

interface Reading {
  readonly faults: ConfigFault[]
  readonly depth: number
}

function optionsOf(path: string, folders: Folders, reading: Reading): Option[] {
  const { faults } = reading
  const file = pathIn(folders.cwd, folders.home, path)
  const text = readFileSync(file, 'utf8')
  const stats = statSync(file)
  const writable = writableByAll(path, stats)
  if (writable !== undefined) {
    faults.push(writable)
    return []
  }
  const lines = optionLines(text)
  const holdsPassword = lines.some(
    (line) => line.kind === 'option' && isRead(line) && line.name === 'password' && (line.value ?? '') !== '',
  )
  if (holdsPassword && readableByAll(stats)) faults.push(exposure(path))
  return lines.flatMap((line) => optionsOfLine(line, path, folders, reading))
}

function optionsOfLine(line: Line, path: string, folders: Folders, { faults, depth }: Reading): Option[] {
  if (line.kind === 'option') return isRead(line) ? [{ name: line.name, value: line.value }] : []
  if (line.kind === 'fault') {
    faults.push(wrongValue(`${path}, line ${line.number}: ${line.what}`))
    return []
  }
  if (depth >= deepest) return []
  const deeper = { faults, depth: depth + 1 }
  if (line.kind === 'include') return included(line.path, folders, deeper)
  try {
    return filesOf(pathIn(folders.cwd, folders.home, line.path)).flatMap((file) => included(file, folders, deeper))
  } catch (cause) {
    faults.push(wrongValue(`${path}: cannot read ${line.path} of !includedir: ${reasonOf(cause)}`))
    return []
  }
}

const isRead = ({ group }: { group: string }): boolean => groups.includes(group)

/** What is not there, or closed to this user, is passed over: the file is written for all who read it. */
function included(path: string, folders: Folders, reading: Reading): Option[] {
  try {
    return optionsOf(path, folders, reading)
  } catch (error) {
    if (isNodeError(error)) return []
    throw error
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cnf'))
    .sort()
    .map((name) => join(folder, name))
}
