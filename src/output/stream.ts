import { once } from 'node:events'
import type { Sheet } from './formats.ts'
import type { Row } from './view.ts'

/** Takes rows of a list; resolves when there is room for more. */
export type WriteRows = (rows: readonly object[]) => Promise<void>

/** The rows as they are produced; nothing is written before the first of them, or the end. */
export async function writeSheet(sheet: Sheet, produce: (write: WriteRows) => Promise<void>, put: (text: string) => Promise<void>): Promise<void> {
  let { head } = sheet
  await produce(async (rows) => {
    const text = `${head}${sheet.rows(rows as readonly Row[])}`
    head = ''
    await put(text)
  })
  await put(`${head}${sheet.foot()}`)
}

/** Writes, and waits where the reader is slower than we are. Rejects when `signal` is aborted first. */
export async function put(stream: NodeJS.WritableStream, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (text !== '' && !stream.write(text)) await once(stream, 'drain', { signal })
}
