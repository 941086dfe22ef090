import { fstatSync, writeSync } from 'node:fs'

/**
 * Node's standard output, with partial writes completed. Node ignores that a file or device accepted only a part of a
 * write; here the rest is written too. Writes stay synchronous, so that messages in the same file keep their place.
 */
export function standardOutput(): NodeJS.WriteStream {
  const { stdout } = process
  const kind = fstatSync(stdout.fd)
  if (stdout.isTTY || !(kind.isFile() || kind.isCharacterDevice())) return stdout
  return Object.assign(stdout, {
    _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
      try {
        for (let at = 0; at < chunk.length;) at += writeSync(stdout.fd, chunk, at)
        done()
      } catch (error) {
        done(error as Error)
      }
    },
  })
}
