import type { Readable } from 'node:stream'
import { DbtoolError } from '../errors.ts'

/** The first line of a stream, without its line break. Rejects with USAGE when something else has read it. */
export async function firstLine(stream: Readable): Promise<string> {
  if (stream.destroyed || stream.readableEnded)
    throw new DbtoolError('USAGE', 'only one thing can come from standard input')
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return text.split(/\r?\n/)[0] ?? ''
}
