import { createInterface } from 'node:readline'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { assertFits } from '../db/connection/packet.ts'
import { quoted } from '../db/privileges/accounts.ts'
import { firstRow, type Queries } from '../db/queries.ts'
import { DbtoolError, isNodeError, messageOf } from '../errors.ts'
import { type ClientRun, runClient } from './client.ts'
import { closedByReader, type DumpFile, plainStages } from './dump-file.ts'
import { DumpNeeds, foreignDefiners, isLater, unknownCollations } from './dump-needs.ts'
import { DumpTail, endOf, errorIn } from './dump-tail.ts'

export interface CheckedDump {
  /** Its size before compression. */
  readonly bytes: number
  readonly needs: DumpNeeds
}

/**
 * Reads the dump to its end. Rejects with BAD_INPUT for a file that is damaged, or that lacks the last line of a dump.
 * To restore it would leave a part of the data.
 */
export async function checkDump(
  file: DumpFile,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<CheckedDump> {
  const [tail, needs] = [new DumpTail(onBytes), new DumpNeeds()]
  const read = (chunk: Buffer): void => {
    tail.add(chunk)
    needs.add(chunk)
  }
  await pipeline([...plainStages(file), sinkOf(read)], { signal }).catch((cause: unknown) => {
    signal.throwIfAborted()
    if (cause instanceof DbtoolError) throw cause
    throw new DbtoolError('BAD_INPUT', `${file.name} is damaged: ${messageOf(cause)}`, { cause, hint: nothingChanged })
  })
  if (tail.isComplete) return { bytes: tail.bytes, needs }
  throw new DbtoolError('BAD_INPUT', `${file.name} is not a complete dump: its last line is missing`, {
    hint: nothingChanged,
  })
}

const nothingChanged = 'nothing was changed; a dump of dbtool db dump ends with "-- Dump completed"'

const sinkOf = (read: (chunk: Buffer) => void): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      read(chunk)
      done()
    },
  })

/**
 * Rejects with BAD_INPUT or TOO_LARGE for a dump that this server would refuse in the middle, after everything is
 * dropped. Resolves to a warning about a dump of a later version, if it is one.
 */
export async function assertRestorable(
  queries: Queries,
  { name }: DumpFile,
  needs: DumpNeeds,
): Promise<string | undefined> {
  const foreign = await foreignDefiners(queries, needs)
  if (foreign.length > 0)
    throw new DbtoolError('BAD_INPUT', `${name} has views, triggers or routines of ${foreign.join(', ')}`, {
      hint: 'nothing was changed; restore it with an account that has the privilege SET USER',
    })
  const [server] = await queries.rows<{ bytes: number }>('SELECT @@GLOBAL.max_allowed_packet AS bytes')
  assertFits(needs.longestStatement, server?.bytes ?? Infinity, `the longest statement of ${name}`)
  const unknown = await unknownCollations(queries, needs)
  if (unknown.length === 0) return laterVersion(queries, name, needs)
  const from = needs.version === undefined ? '' : `; the dump is from version ${needs.version}`
  throw new DbtoolError('BAD_INPUT', `${name} needs collations that this server lacks: ${unknown.join(', ')}${from}`, {
    hint: 'nothing was changed; replace their names in the dump, or restore it into a server that has them',
  })
}

async function laterVersion(queries: Queries, name: string, { version }: DumpNeeds): Promise<string | undefined> {
  const here = (await firstRow<{ version: string }>(queries, 'SELECT VERSION() AS version'))?.version ?? ''
  if (version === undefined || !isLater(version, here)) return undefined
  const than = `${name} is from version ${version}, which is later than ${here.replace(/-.*/, '')} of this server`
  return `${than}: the restore fails at the first thing that this server lacks`
}

export interface DatabaseObject {
  readonly type: string
  readonly name: string
}

const objects = `
SELECT CASE TABLE_TYPE WHEN 'BASE TABLE' THEN 'TABLE' WHEN 'SYSTEM VERSIONED' THEN 'TABLE' ELSE TABLE_TYPE END AS type,
    TABLE_NAME AS name
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
UNION ALL SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
ORDER BY type, name`

/** Resolves to everything that the database contains; triggers belong to their tables. */
export async function objectsIn(queries: Queries): Promise<DatabaseObject[]> {
  return queries.rows<DatabaseObject>(objects)
}

/** Drops these objects of the database. The session ignores foreign keys from then on. */
export async function dropObjects(queries: Queries, found: readonly DatabaseObject[]): Promise<void> {
  await queries.execute('SET foreign_key_checks = 0')
  for (const { type, name } of found) await queries.execute(`DROP ${type} IF EXISTS ${quoted(name)}`)
}

export interface RestoreRequest extends Pick<ClientRun, 'program' | 'options' | 'env' | 'signal'> {
  readonly database: string
  readonly onBytes: (bytes: number) => void
}

/** In this mode the client passes everything to the server: a dump cannot run commands on this machine. */
const safely = ['--binary-mode', '--batch', '--show-warnings']

/** Values that the server cannot hold and has changed. A dump turns off the strict mode of its session. */
export interface ChangedValues {
  count: number
  /** The first warnings. */
  readonly warnings: string[]
}

const mostWarnings = 5
const warning = /^Warning \(Code (\d+)\): (.*)$/
/** A value was cut, rounded or replaced, or a table has another engine. Others are about deprecated words. */
const changing: ReadonlySet<string> = new Set(['1048', '1264', '1265', '1266', '1292', '1364', '1366', '1406', '1411'])

/** Sends the dump to the server. Rejects with CLIENT_FAILED and the error of the server. */
export async function restore(file: DumpFile, request: RestoreRequest): Promise<ChangedValues> {
  const { database, onBytes, signal } = request
  const tail = new DumpTail(onBytes)
  const changed: ChangedValues = { count: 0, warnings: [] }
  let messages = ''
  const args = [...safely, `--database=${database}`]
  const exitCode = await runClient({ ...request, args, stdio: ['pipe', 'pipe', 'pipe'] }, async (child) => {
    child.stderr?.on('data', (chunk) => (messages = endOf(messages + String(chunk))))
    if (child.stdout !== null) collectWarnings(child.stdout, changed)
    const stages = [...plainStages(file), tail.count(), child.stdin as Writable]
    // If the client ends early, its own message is the reason.
    await pipeline(stages, { signal }).catch((cause: unknown) => {
      if (!isNodeError(cause) || !closedByReader.has(cause.code ?? '')) throw cause
    })
  }).catch((error: unknown) => {
    throw signal.aborted ? interrupted(error) : error
  })
  if (signal.aborted) throw interrupted()
  if (exitCode === 0) return changed
  const reason = messages === '' ? `exit code ${exitCode}` : errorIn(messages)
  throw new DbtoolError('CLIENT_FAILED', `mariadb failed: ${reason}`, {
    hint: `${onlyPart}; remove the cause, and restore it again`,
  })
}

function collectWarnings(output: Readable, changed: ChangedValues): void {
  createInterface({ input: output }).on('line', (line) => {
    const [, code, text = ''] = warning.exec(line) ?? []
    if (code === undefined || !changing.has(code)) return
    changed.count += 1
    if (changed.warnings.length < mostWarnings) changed.warnings.push(`warning ${code}: ${text}`)
  })
}

const onlyPart = 'the database has only a part of the dump'

const interrupted = (cause?: unknown): DbtoolError =>
  new DbtoolError('INTERRUPTED', `interrupted: ${onlyPart}`, { cause, hint: 'restore it again' })
