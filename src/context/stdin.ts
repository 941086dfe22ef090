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
