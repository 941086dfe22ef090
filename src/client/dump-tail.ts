import { Transform } from 'node:stream'

/** The longest ending of a dump: its last line, with a date. */
const tailBytes = 200
const lastLine = /\n-- Dump completed[^\n]*\n?$/

/** Counts the bytes of a dump, and remembers whether it has its last line, without which it is cut off. */
export class DumpTail {
  bytes = 0
  #tail = Buffer.alloc(0)
  readonly #onBytes: (bytes: number) => void

  constructor(onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes)
    this.#onBytes(this.bytes)
  }

  /** A stream that passes all bytes on. */
  count(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.add(chunk)
        done(null, chunk)
      },
    })
  }

  get isComplete(): boolean {
    return lastLine.test(this.#tail.toString('latin1'))
  }
}

const mostCharacters = 2_000

/** The end of a program's messages. */
export const endOf = (messages: string): string => messages.slice(-mostCharacters)

/** The error in a program's messages, as one line, without the statement that the program prints before it. */
export function errorIn(messages: string): string {
  const lines = messages.split('\n').filter((line) => line.trim() !== '')
  return lines.findLast((line) => /^(?:ERROR|mariadb|mysql)/.test(line)) ?? lines.at(-1) ?? ''
}
