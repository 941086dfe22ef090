import { catchUp, positionOf } from '../db/cluster/own-writes.ts'
import { isGaleraNode } from '../db/cluster/sync-wait.ts'
import { type AcquireOptions, type Lease, type Pool, withLease } from '../db/pool/pool.ts'

/**
 * Makes a pool of readers wait, before it gives out a connection, for everything that a pool of the writer has
 * committed. If the reader takes too long, the connection is one of the writer.
 */
export function readingAfter<P extends Pool>(readers: P, writer: Pool): P {
  const acquire = readers.acquire.bind(readers)
  const position = new PositionOf(writer)
  let isNode: boolean | undefined
  return Object.assign(readers, {
    acquire: async (options?: AcquireOptions): Promise<Lease> => {
      const wanted = await position.current(options)
      const lease = await acquire(options)
      try {
        isNode ??= await isGaleraNode(lease)
        if (await catchUp(lease, { isNode, position: wanted })) return lease
      } catch (error) {
        lease.release()
        throw error
      }
      lease.release()
      return writer.acquire(options)
    },
  })
}

/** The position of a writer. It is asked again only if its pool was used since. */
class PositionOf {
  readonly #writer: Pool
  #position: string | undefined
  #acquired = 0

  constructor(writer: Pool) {
    this.#writer = writer
  }

  async current(options?: AcquireOptions): Promise<string | undefined> {
    const { acquired, inUse } = this.#writer.stats()
    if (acquired === this.#acquired && inUse === 0) return this.#position
    this.#position = await withLease(this.#writer, positionOf, options)
    // Not more than this acquire: another caller may have written meanwhile.
    const after = this.#writer.stats()
    this.#acquired = after.acquired === acquired + 1 && inUse === 0 && after.inUse === 0 ? after.acquired : -1
    return this.#position
  }
}
