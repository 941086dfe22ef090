import type { Duplex } from 'node:stream'
import * as zlib from 'node:zlib'
import { DbtoolError } from '../errors.ts'

export type Compression = 'none' | 'gzip' | 'zstd'

/** Node has it since 22.15. */
interface Zstd {
  readonly createZstdCompress?: () => Duplex
  readonly createZstdDecompress?: () => Duplex
}

const zstd = zlib as Zstd

/** The compression that the name of a file stands for. */
export function compressionOf(path: string): Compression {
  return path.endsWith('.gz') ? 'gzip' : path.endsWith('.zst') ? 'zstd' : 'none'
}

const gzipMagic = Buffer.from([0x1f, 0x8b])
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** The compression of data that begins with these bytes. */
export function compressionOfBytes(head: Buffer): Compression {
  const begins = (magic: Buffer): boolean => head.subarray(0, magic.length).equals(magic)
  return begins(gzipMagic) ? 'gzip' : begins(zstdMagic) ? 'zstd' : 'none'
}

/** The streams between plain and compressed data; none without compression. @throws DbtoolError USAGE for zstd. */
export function compressing(compression: Compression): Duplex[] {
  if (compression === 'none') return []
  return [compression === 'gzip' ? zlib.createGzip() : available(zstd.createZstdCompress)()]
}

/** The reverse of {@link compressing}. */
export function decompressing(compression: Compression): Duplex[] {
  if (compression === 'none') return []
  return [compression === 'gzip' ? zlib.createGunzip() : available(zstd.createZstdDecompress)()]
}

function available(create: (() => Duplex) | undefined): () => Duplex {
  if (create !== undefined) return create
  throw new DbtoolError('USAGE', `this Node, ${process.version}, has no zstd`, {
    hint: 'use a name that ends with .gz, or Node 22.15 or later',
  })
}
