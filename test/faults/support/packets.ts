import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { withThreadId } from '../../support/relay.ts'

/** To the server, or to the client. */
export type Direction = 'up' | 'down'

/** What happens at one packet. */
export interface PacketFault {
  readonly direction: Direction
  /** The number of the packet in its direction since the proxy began (from 1), or the first one that is like this. */
  readonly packet: number | ((packet: Buffer) => boolean)
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
  /** The connections that were refused after the fault. */
  readonly refused: number
  /** Whether nobody can connect any more once the fault has happened. */
  refuseAfterwards(refusing: boolean): void
  /** Lets a packet that was held through, whoever still waits for an answer. */
  release(): void
  close(): Promise<void>
}

const isAt = ({ packet: wanted }: PacketFault, number: number, packet: Buffer): boolean =>
  typeof wanted === 'number' ? wanted === number : wanted(packet)

const headerBytes = 4
const execute = 0x17

/** True for the execution of a prepared statement with a value that contains this text. */
export const executesWith =
  (text: string) =>
  (packet: Buffer): boolean =>
    packet[headerBytes] === execute && packet.includes(text)

const otherThreadId = 0x7fffffff

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

export interface PacketProxyOptions {
  /** Gives connections a number of its own, as a proxy does that has connections of its own. */
  readonly hidesServer?: boolean
}

/** A line to a MariaDB without TLS or compression, that counts its packets and breaks at one of them. */
export async function packetProxy(
  socket: string,
  fault?: PacketFault,
  { hidesServer = false }: PacketProxyOptions = {},
): Promise<PacketProxy> {
  const ends = new Set<Socket>()
  const counts = { up: 0, down: 0 }
  const state = { struck: false, refusing: false, refused: 0, held: (): void => undefined }

  const relay = (from: Socket, to: Socket, direction: Direction): void => {
    const splitter = new PacketSplitter()
    let hanging = false
    let isGreeting = hidesServer && direction === 'down'
    from.on('data', (chunk: Buffer) => {
      for (const original of splitter.split(chunk)) {
        const packet = isGreeting ? withThreadId(original, otherThreadId) : original
        isGreeting = false
        counts[direction] += 1
        const strikes = fault?.direction === direction && !state.struck && isAt(fault, counts[direction], packet)
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
      state.refused += 1
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
    get refused() {
      return state.refused
    },
    release: () => state.held(),
    refuseAfterwards: (refusing) => void (state.refusing = refusing),
    close: () => {
      for (const end of ends) end.destroy()
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}
