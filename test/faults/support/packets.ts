import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** To the server, or to the client. */
export type Direction = 'up' | 'down'

/** What happens at one packet, the `packet`th in its direction since the proxy began (from 1). */
export interface PacketFault {
  readonly direction: Direction
  readonly packet: number
  /**
   * `hang`: neither this packet nor anything after it gets through on its connection, and nobody is told. `hold`: this
   * one comes late.
   */
  readonly how: 'cut before' | 'cut after' | 'hang' | 'hold'
}

export interface PacketProxy {
  readonly port: number
  /** Packets so far. */
  readonly counts: Readonly<Record<Direction, number>>
  /** Whether the fault has happened. */
  readonly struck: boolean
  /** Whether nobody can connect any more once the fault has happened. */
  refuseAfterwards(refusing: boolean): void
  /** Lets a packet that was held through, whoever still waits for an answer. */
  release(): void
  close(): Promise<void>
}

const headerBytes = 4

/**
 * Cuts a stream of the MariaDB protocol into its packets: three bytes of length, little end first, one of sequence, the
 * rest.
 */
export class PacketSplitter {
  #rest = Buffer.alloc(0)

  /** The packets that are complete now, headers and all. */
  split(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const packets: Buffer[] = []
    while (this.#rest.length >= headerBytes) {
      const size = headerBytes + this.#rest.readUIntLE(0, 3)
      if (this.#rest.length < size) break
      packets.push(this.#rest.subarray(0, size))
      this.#rest = this.#rest.subarray(size)
    }
    return packets
  }
}

/** A line to a MariaDB without TLS or compression, that counts its packets and breaks at one of them. */
export async function packetProxy(socket: string, fault?: PacketFault): Promise<PacketProxy> {
  const ends = new Set<Socket>()
  const counts = { up: 0, down: 0 }
  const state = { struck: false, refusing: false, held: (): void => undefined }

  const relay = (from: Socket, to: Socket, direction: Direction): void => {
    const splitter = new PacketSplitter()
    let hanging = false
    from.on('data', (chunk: Buffer) => {
      for (const packet of splitter.split(chunk)) {
        counts[direction] += 1
        const strikes = fault?.direction === direction && fault.packet === counts[direction]
        if (strikes) state.struck = true
        if (strikes && (fault.how === 'hang' || fault.how === 'hold')) {
          hanging = true
          if (fault.how === 'hang') to.pause()
          else state.held = () => void to.write(packet)
        }
        if (hanging || from.destroyed) return
        if (!strikes) to.write(packet)
        else {
          if (fault.how === 'cut after') to.end(packet)
          else to.destroy()
          from.destroy()
          return
        }
      }
    })
  }

  const listener = createServer((client) => {
    if (state.struck && state.refusing) {
      client.destroy()
      return
    }
    const server = connect(socket)
    for (const end of [client, server]) {
      ends.add(end)
      end.on('error', () => undefined)
      end.on('close', () => ends.delete(end))
    }
    relay(client, server, 'up')
    relay(server, client, 'down')
    client.on('close', () => fault?.how !== 'hold' && server.end())
    server.on('close', () => client.end())
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    port: (listener.address() as AddressInfo).port,
    counts,
    get struck() {
      return state.struck
    },
    release: () => state.held(),
    refuseAfterwards: (refusing) => void (state.refusing = refusing),
    close: () => {
      for (const end of ends) end.destroy()
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}
