const headerBytes = 4
const closeStatement = 0x19
const quit = 0x01

/**
 * Counts the commands that clients send to a MariaDB server: packets that begin a sequence and that the server answers.
 */
export class CommandCounter {
  count = 0

  /** Returns a function for all data of one client, in pieces of any size. */
  ofOneClient(): (data: Buffer) => void {
    let rest = Buffer.alloc(0)
    let skip = 0
    return (data) => {
      const skipped = Math.min(skip, data.length)
      skip -= skipped
      rest = Buffer.concat([rest, data.subarray(skipped)])
      // A packet consists of three bytes of length, its number in the sequence, and its content.
      while (rest.length > headerBytes) {
        const [length, sequence, command] = [rest.readUIntLE(0, 3), rest.readUInt8(3), rest.readUInt8(headerBytes)]
        if (sequence === 0 && command !== closeStatement && command !== quit) this.count += 1
        skip = Math.max(0, headerBytes + length - rest.length)
        rest = rest.subarray(headerBytes + length)
      }
    }
  }
}
