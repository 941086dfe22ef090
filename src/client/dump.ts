import type { FileHandle } from 'node:fs/promises'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DbtoolError } from '../errors.ts'
import { firstRow, type Queries } from '../db/queries.ts'
import { type ClientRun, runClient } from './client.ts'
import { compressing, type Compression } from './compression.ts'
import { DumpTail, endOf, errorIn } from './dump-tail.ts'

export interface DumpRequest extends Pick<ClientRun, 'program' | 'options' | 'env' | 'signal'> {
  readonly database: string
  readonly withEvents: boolean
  readonly compression: Compression
  readonly onBytes: (bytes: number) => void
}

/** A consistent copy of one database: all tables in one snapshot, with sequences, views, triggers and routines. */
const content = ['--single-transaction', '--quick', '--routines', '--triggers', '--hex-blob', '--no-tablespaces']

/**
 * Writes a dump to `file`, and resolves to its size before compression. Ends the file unless `end` is false. Rejects
 * with CLIENT_FAILED if mariadb-dump fails, or if its last line is missing.
 */
export async function dump(request: DumpRequest, file: NodeJS.WritableStream, { end = true } = {}): Promise<number> {
  const { database, withEvents, compression, onBytes, signal } = request
  const compressors = compressing(compression)
  const tail = new DumpTail(onBytes)
  let messages = ''
  const args = [...content, ...(withEvents ? ['--events'] : []), '--', database]
  const exitCode = await runClient({ ...request, args, stdio: ['ignore', 'pipe', 'pipe'] }, async (child) => {
    child.stderr?.on('data', (chunk) => (messages = endOf(messages + String(chunk))))
    await pipeline([child.stdout as Readable, tail.count(), ...compressors, file], { signal, end })
  })
  signal.throwIfAborted()
  if (exitCode !== 0) throw failed(messages === '' ? `it ended with exit code ${exitCode}` : errorIn(messages))
  if (!tail.isComplete) throw failed('it ended before the last line of the dump')
  return tail.bytes
}

/** A stream to an open file that stays open, so that it can be flushed to the disk before it is closed. */
export function writableTo(handle: FileHandle): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => void handle.appendFile(chunk).then(() => done(), done),
  })
}

function failed(reason: string): DbtoolError {
  return new DbtoolError('CLIENT_FAILED', `mariadb-dump failed: ${reason}`, { hint: 'no file was written' })
}

/** The parts of a database that a dump by this account would lack or could tear, as sentences. */
export async function dumpRisks(queries: Queries): Promise<{ withEvents: boolean; risks: readonly string[] }> {
  const grants = await queries.rows<Record<string, string>>('SHOW GRANTS')
  const privileges = grants.map((row) => (Object.values(row)[0] ?? '').split(' ON ')[0] ?? '')
  const mayUse = (privilege: string): boolean =>
    privileges.some((list) => list.includes('ALL PRIVILEGES') || list.includes(privilege))
  const { torn } = (await firstRow<{ torn: string | null }>(
    queries,
    `SELECT GROUP_CONCAT(TABLE_NAME ORDER BY TABLE_NAME SEPARATOR ', ') AS torn FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB'`,
  )) ?? { torn: null }
  const missing = [
    ['TRIGGER', 'triggers'],
    ['EVENT', 'events'],
  ].filter(([privilege = '']) => !mayUse(privilege))
  return {
    withEvents: mayUse('EVENT'),
    risks: [
      ...missing.map(([privilege = '', things = '']) => `the dump has no ${things}: this account lacks ${privilege}`),
      ...(torn === null ? [] : [`tables without transactions may change during the dump: ${torn}`]),
    ],
  }
}
