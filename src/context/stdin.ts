import type { Readable } from 'node:stream'
import { DbtoolError } from '../errors.ts'

/** Resolves to the first line of a stream, without its line break. Rejects with USAGE if it was already read. */
export async function firstLine(stream: Readable): Promise<string> {
  if (stream.destroyed || stream.readableEnded) throw new DbtoolError('USAGE', 'standard input can be used only once')
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return text.split(/\r?\n/)[0] ?? ''
}

/** Resolves to the whole text of a stream. Rejects with USAGE if it was already read. */
export async function allText(stream: Readable): Promise<string> {
  if (stream.destroyed || stream.readableEnded) throw new DbtoolError('USAGE', 'standard input can be used only once')
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks).toString('utf8')
}
