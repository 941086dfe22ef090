import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { counting } from '../byte-count.ts'
import { type ClientRun, runClient } from '../client.ts'
import { compressing, type Compression } from '../compression.ts'
import { BackupMessages } from './messages.ts'

export interface BackupRequest extends Pick<ClientRun, 'program' | 'options' | 'env' | 'signal'> {
  readonly compression: Compression
  readonly onBytes: (bytes: number) => void
}

/**
 * Writes a copy of all files of the server to `file`, as a stream of mbstream, and resolves to its size before
 * compression. Ends the file unless `end` is false. Rejects with CLIENT_FAILED if mariadb-backup fails.
 */
export async function backUp(
  request: BackupRequest,
  file: NodeJS.WritableStream,
  { end = true } = {},
): Promise<number> {
  const { compression, onBytes, signal } = request
  const messages = new BackupMessages()
  const compressors = compressing(compression)
  const count = counting(onBytes)
  const args = ['--backup', '--stream=mbstream']
  const exitCode = await runClient({ ...request, args, stdio: ['ignore', 'pipe', 'pipe'] }, async (child) => {
    await messages.listen(child)
    await pipeline([child.stdout as Readable, count.stream, ...compressors, file], { signal, end })
  })
  signal.throwIfAborted()
  if (exitCode === 0 && messages.isComplete) return count.bytes()
  throw messages.error('mariadb-backup', exitCode, 'no file was written')
}
