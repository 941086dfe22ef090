import type { FileHandle } from 'node:fs/promises'
import { DbtoolError, isNodeError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { badFile, quoted } from './wording.ts'

/** One step from the bytes of a file to UTF-8 text. */
export interface Conversion {
  convert: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>
  /** Whether its result is text in UTF-8; otherwise it must be looked at again. */
  isText: boolean
}

interface Bytes {
  readonly name: string
  readonly handle: FileHandle
}

/** The first bytes of gzip, of a zip archive, and of texts in UTF-16; a byte order mark overrides every encoding. */
const gzip = Buffer.from([0x1f, 0x8b])
const zip = Buffer.from('PK\x03\x04')
/** The start of older documents of Excel. */
const compound = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])
const marks: readonly { start: Buffer; encoding: string }[] = [
  { start: Buffer.from([0xff, 0xfe]), encoding: 'utf-16le' },
  { start: Buffer.from([0xfe, 0xff]), encoding: 'utf-16be' },
  { start: Buffer.from('\uFEFF'), encoding: 'utf-8' },
]

const isUtf8Name = (encoding: string): boolean => /^utf-?8$/i.test(encoding)

/** The conversion that the first bytes of a file and its encoding demand; undefined for text in UTF-8. */
export async function conversionOf({ name, handle }: Bytes, encoding = 'utf-8'): Promise<Conversion | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
  const startsWith = (start: Buffer): boolean =>
    bytesRead >= start.length && buffer.subarray(0, start.length).equals(start)
  if (startsWith(zip) || startsWith(compound))
    throw badFile(name, undefined, 'is a zip archive or a spreadsheet', 'Export the sheet as CSV in UTF-8.')
  if (startsWith(gzip)) return { isText: false, convert: (chunks) => unzipped(name, chunks) }
  const actual = marks.find(({ start }) => startsWith(start))?.encoding ?? encoding
  return isUtf8Name(actual) ? undefined : { isText: true, convert: (chunks) => decoded(name, actual, chunks) }
}

async function* unzipped(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const [{ createGunzip }, { Readable }] = await Promise.all([import('node:zlib'), import('node:stream')])
  const unzip = createGunzip()
  const from = Readable.from(chunks)
  from.on('error', (error) => unzip.destroy(error))
  try {
    yield* from.pipe(unzip) as AsyncIterable<Buffer>
  } catch (error) {
    if (!isNodeError(error) || error.code?.startsWith('Z_') !== true) throw error
    throw badFile(name, undefined, `is damaged gzip: ${error.message}`, 'Copy the file again.')
  }
}

/** The replacement character, and half a surrogate pair, which UTF-8 cannot represent. */
const undecodable = /\uFFFD|\p{Cs}/u

async function* decoded(name: string, encoding: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = (await codecs()).getDecoder(encoding)
  let line = 1
  const checked = (text: string): Buffer => {
    const at = text.search(undecodable)
    if (at >= 0) throw notOf(name, line + countLines(text.slice(0, at)), encoding)
    line += countLines(text)
    return Buffer.from(text)
  }
  for await (const chunk of chunks) yield checked(decoder.write(chunk))
  yield checked(decoder.end() ?? '')
}

const countLines = (text: string): number => text.split('\n').length - 1

function notOf(name: string, line: number, encoding: string): DbtoolError {
  return badFile(name, line, `is not valid ${encoding}`, 'Check --encoding, or export the file in UTF-8.')
}

const usual = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'iso-8859-1',
  'iso-8859-15',
  'shift_jis',
]

/** Reads `--encoding`. Rejects with USAGE for a name that is no encoding. */
export async function parseEncoding(text: string): Promise<string> {
  if (isUtf8Name(text) || (await codecs()).encodingExists(text)) return text
  const near = nearest(text, usual)
  const message = `--encoding: ${quoted(text)} is no encoding${near === undefined ? '' : `; did you mean ${near}?`}`
  throw new DbtoolError('USAGE', message, { hint: `Usual encodings are ${usual.join(', ')}.` })
}

async function codecs(): Promise<typeof import('iconv-lite')> {
  const { default: iconv } = await import('iconv-lite')
  return iconv
}
