import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { isNodeError } from '../errors.ts'
import { cutSentence, isGlued } from './changed-values.ts'
import { hasTrustedOwner, readableByAll } from '../file-trust.ts'
import { readRegularFile } from '../regular-file.ts'
import { type ConfigFault, wrongValue } from './fault.ts'
import { exposure } from './file-access.ts'
import { ignored, maxConfigBytes, unlessWritable } from './own-file.ts'
import { pathIn } from './paths.ts'
import { reasonOf } from './reason.ts'

/** An option from one of the groups that dbtool reads. The last option of a name takes effect. */
export interface Option {
  /** The name with `-`, where the file may have `_`. */
  readonly name: string
  /** Undefined if the line has only a name. */
  readonly value: string | undefined
  /** The sentence about a value that ends at a # without a space before it. */
  readonly cut?: string | undefined
}

export interface Folders {
  readonly cwd: string
  readonly home: string
}

/** The groups that every MariaDB client reads, and a group named after the program, as every client has one. */
const groups = ['client', 'client-server', 'client-mariadb', 'dbtool']
/** The depth to which MariaDB's own programs follow `!include`. */
const deepest = 10

/** The options of a my.cnf and its includes, parsed as MariaDB's own programs parse them (mysys/my_default.c). */
export function readOptions(path: string, folders: Folders, faults: ConfigFault[]): Option[] {
  try {
    return optionsOf(path, folders, { faults, depth: 0 })
  } catch (cause) {
    faults.push(unreadable(path, cause))
    return []
  }
}

function unreadable(path: string, cause: unknown): ConfigFault {
  return {
    sentence: `cannot read the option file ${path}: ${reasonOf(cause)}`,
    fix: 'check its path and permissions, or choose another file with --defaults-file',
  }
}

interface Reading {
  readonly faults: ConfigFault[]
  readonly depth: number
  /** The file that includes this one. */
  readonly outer?: Stats
}

function optionsOf(path: string, folders: Folders, reading: Reading): Option[] {
  const { faults, outer } = reading
  const file = pathIn(folders.cwd, folders.home, path)
  const read = readRegularFile(file, { maxBytes: maxConfigBytes, orPipe: outer === undefined })
  const trusted =
    outer === undefined || [lstatSync(file), read.stats].every((stats) => mayBeIncluded(stats, outer))
      ? unlessWritable(read, path)
      : ignored(
          `the included file ${path} belongs to another user (${read.stats.uid})`,
          'remove the line that includes it',
        )
  if ('ignored' in trusted) {
    faults.push(trusted.ignored)
    return []
  }
  const lines = optionLines(read.text)
  const holdsPassword = lines.some(
    (line) => line.kind === 'option' && isRead(line) && line.name === 'password' && (line.value ?? '') !== '',
  )
  if (holdsPassword && readableByAll(read.stats)) faults.push(exposure(path))
  return lines.flatMap((line) => optionsOfLine(line, path, folders, { ...reading, outer: read.stats }))
}

/** A file of this user, of root, or of the owner of the file that includes it, who decides its content anyway. */
const mayBeIncluded = (stats: Stats, outer: Stats): boolean => hasTrustedOwner(stats) || stats.uid === outer.uid

function optionsOfLine(line: Line, path: string, folders: Folders, reading: Reading): Option[] {
  const { faults, depth } = reading
  if (line.kind === 'option') {
    const { name, value, quoteToKeep } = line
    const cut = quoteToKeep === undefined ? undefined : cutSentence(`${name} (${path})`, name, quoteToKeep)
    return isRead(line) ? [{ name, value, cut }] : []
  }
  if (line.kind === 'fault') {
    faults.push(wrongValue(`${path}, line ${line.number}: ${line.problem}`))
    return []
  }
  if (depth >= deepest) return []
  const deeper = { ...reading, depth: depth + 1 }
  if (line.kind === 'include') return included(line.path, folders, deeper)
  try {
    return filesOf(pathIn(folders.cwd, folders.home, line.path)).flatMap((file) => included(file, folders, deeper))
  } catch (cause) {
    faults.push(wrongValue(`${path}: cannot read the folder ${line.path} of !includedir: ${reasonOf(cause)}`))
    return []
  }
}

const isRead = ({ group }: { group: string }): boolean => groups.includes(group)

/** The options of an included file. A missing or unreadable one is skipped, because many users share the outer file. */
function included(path: string, folders: Folders, reading: Reading): Option[] {
  try {
    return optionsOf(path, folders, reading)
  } catch (error) {
    if (!isNodeError(error)) reading.faults.push(unreadable(path, error))
    return []
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cnf'))
    .sort()
    .map((name) => join(folder, name))
}

interface ParsedOption {
  readonly name: string
  readonly value: string | undefined
  /** The quotation mark that would keep a value whole which ends at a #. */
  readonly quoteToKeep?: string | undefined
}

/** A line of a my.cnf that is neither empty, a comment nor a group. */
export type Line =
  | ({ readonly kind: 'option'; readonly group: string } & ParsedOption)
  | { readonly kind: 'include' | 'includedir'; readonly path: string }
  | { readonly kind: 'fault'; readonly number: number; readonly problem: string }

/** Parses the lines of a my.cnf. Parsing stops at the first fault, as in MariaDB's own programs. */
function optionLines(text: string): Line[] {
  const lines: Line[] = []
  let group: string | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = trim(raw)
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const fault = (problem: string): Line[] => [...lines, { kind: 'fault', number: index + 1, problem }]
    if (line.startsWith('!')) {
      const [, kind, path = ''] = /^!\s*(include|includedir)(?:[ \t\v\f\r](.*))?$/s.exec(line) ?? []
      // Any other directive is ignored.
      if (kind === undefined) continue
      if (trim(path) === '') return fault(`!${kind} needs a path`)
      lines.push({ kind: kind === 'include' ? 'include' : 'includedir', path: trim(path) })
    } else if (line.startsWith('[')) {
      const end = line.indexOf(']')
      if (end === -1) return fault('a group must have the form [name]')
      group = line.slice(1, end).trimEnd()
    } else {
      if (group === undefined) return fault('an option must come after a [group]')
      lines.push({ kind: 'option', group, ...optionOf(line) })
    }
  }
  return lines
}

function optionOf(whole: string): ParsedOption {
  const line = withoutComment(whole)
  const equals = line.indexOf('=')
  const name = trim(equals === -1 ? line : line.slice(0, equals)).replaceAll('_', '-')
  if (equals === -1) return { name, value: undefined }
  const quote = whole.includes("'") ? '"' : "'"
  const quoteToKeep = isGlued(whole, whole.slice(line.length)) ? quote : undefined
  return { name, value: unescaped(unquoted(trim(line.slice(equals + 1)))), quoteToKeep }
}

/** Removes ASCII white space only. `String.trim` also removes other blanks, with which a password may end. */
function trim(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && whiteSpace.includes(text.charAt(start))) start += 1
  while (end > start && whiteSpace.includes(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const whiteSpace = ' \t\n\v\f\r'

/** A # outside quotes begins a comment. Inside quotes, and only there, a backslash escapes a quote. */
const beforeComment = /^(?:[^'"#]|"(?:[^"\\]|\\[^]?)*(?:"|$)|'(?:[^'\\]|\\[^]?)*(?:'|$))*/

function withoutComment(line: string): string {
  return beforeComment.exec(line)?.[0] ?? line
}

function unquoted(value: string): string {
  const first = value.charAt(0)
  return (first === '"' || first === "'") && value.length > 1 && value.endsWith(first) ? value.slice(1, -1) : value
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  s: ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

/** Resolves escapes. The backslash of an unknown escape stays, and so does one at the end. */
function unescaped(value: string): string {
  return value.replace(/\\([^])/g, (both, character: string) => escapes[character] ?? both)
}
