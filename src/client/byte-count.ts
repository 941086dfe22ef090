import { Transform } from 'node:stream'

/** A stream that passes all bytes on, and their number so far. */
export function counting(onBytes: (bytes: number) => void): {
  readonly stream: Transform
  readonly bytes: () => number
} {
  let bytes = 0
  const stream = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      onBytes((bytes += chunk.length))
      done(null, chunk)
    },
  })
  return { stream, bytes: () => bytes }
}
