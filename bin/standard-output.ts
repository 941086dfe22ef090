import { fstatSync, writeSync } from 'node:fs'

/**
 * Node's own. Into a file or a device it takes a write for whole that the disk took half of: here it goes on with the
 * rest, and as
 * before at once, so that messages in the same file stand where they belong.
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
