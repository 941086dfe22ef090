import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duplex, Readable } from 'node:stream'
import { DbtoolError, isNodeError, messageOf } from '../errors.ts'
import { namelessFile } from '../new-file.ts'
import { compressionOfBytes, decompressing, type Compression } from './compression.ts'

/** A dump that can be read twice: once to check it, and once to restore it. */
export interface DumpFile {
  readonly name: string
  readonly handle: FileHandle
  readonly compression: Compression
  /** Whether it is the SQL of a database, or the files of a server. */
  readonly kind: 'sql' | 'physical'
}

const magicBytes = 4

/** Opens a dump; standard input is copied to a file without a name. Rejects with USAGE if it cannot be read. */
export async function openDump(path: string, name: string, stdin: Readable): Promise<DumpFile> {
  const handle = path === '-' ? await spooled(stdin) : await opened(path, name)
  const identified = identify(handle)
  identified.catch(() => handle.close())
  return { name: path === '-' ? 'standard input' : name, ...(await identified) }
}

async function identify(handle: FileHandle): Promise<Omit<DumpFile, 'name'>> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(magicBytes), 0, magicBytes, 0)
  const bytes = { handle, compression: compressionOfBytes(buffer.subarray(0, bytesRead)) }
  const isPhysical = (await firstBytes(bytes)).subarray(0, streamMagic.length).equals(streamMagic)
  return { ...bytes, kind: isPhysical ? 'physical' : 'sql' }
}

/** The first bytes of each part of a stream of mbstream. */
const streamMagic = Buffer.from('XBSTCK01')

/** Resolves to nothing for a file that is damaged: its check says so later. */
async function firstBytes(bytes: Bytes): Promise<Buffer> {
  const [source, decompressor] = plainStages(bytes)
  const plain = decompressor === undefined ? source : source.pipe(decompressor)
  try {
    for await (const chunk of plain) return chunk as Buffer
  } catch (error) {
    if (error instanceof DbtoolError) throw error
  } finally {
    source.destroy()
  }
  return Buffer.alloc(0)
}

async function opened(path: string, name: string): Promise<FileHandle> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    const reason = isNodeError(cause) && cause.code === 'ENOENT' ? 'there is no such file' : messageOf(cause)
    throw new DbtoolError('USAGE', `cannot read ${name}: ${reason}`, { cause })
  })
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new DbtoolError('USAGE', `cannot read ${name}: it is not a regular file`, { hint: 'a dump in a pipe is -' })
}

async function spooled(stdin: Readable): Promise<FileHandle> {
  const handle = await namelessFile(join(tmpdir(), 'dbtool'))
  for await (const chunk of stdin) await handle.appendFile(chunk as Buffer)
  return handle
}

const chunkBytes = 65_536

/** A stream of the handle itself would never end a pipeline, because the handle stays open. */
async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

type Bytes = Pick<DumpFile, 'handle' | 'compression'>

/** The bytes before compression, from the beginning, as streams for a pipeline. */
export function plainStages({ handle, compression }: Bytes): [Readable, ...Duplex[]] {
  return [Readable.from(chunksOf(handle)), ...decompressing(compression)]
}

/** A write after the end of the reader; during its end, with text that it has not read; and before its first byte. */
export const closedByReader: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'])
