import type { Socket } from 'node:net'
import { connectTimeout } from '../error-numbers.ts'

/** The first packet of a server, which it sends before anybody logs in. */
export interface Greeting {
  /** Such as `10.11.6-MariaDB` or `9.7.4`. */
  readonly version: string
  readonly isMariaDb: boolean
  readonly offersTls: boolean
}

const headerBytes = 4
/** A greeting has some 100 bytes; a longer packet comes from something else. */
const longestBytes = 4_096
const protocol = 10
/** MariaDB puts it before its version, for old replicas. */
const replicationPrefix = '5.5.5-'
/** MariaDB clears it, to say that it has capabilities of its own. */
const mysqlFlag = 1
const tlsFlag = 0x800
const threadIdAndSeedBytes = 13
const flagBytes = 2
const errorPacket = 0xff
const utf8mb4UnicodeCi = 224

/**
 * Waits for the first packet on a socket and leaves it there to be read. The socket is paused afterwards.
 * @returns undefined for an error instead of a greeting.
 * @throws the error of the socket, or one with the code ECONNRESET when the server closes it. After `timeoutMs`, the
 * code is ETIMEDOUT; zero is no limit. For another service, such as SSH, the code is OTHER_SERVICE.
 */
export async function greetingOn(socket: Socket, timeoutMs: number): Promise<Greeting | undefined> {
  const bytes = await firstPacket(socket, timeoutMs)
  const payload = bytes.subarray(headerBytes)
  if (payload[0] !== protocol && payload[0] !== errorPacket)
    throw Object.assign(new Error('another service answered'), { code: 'OTHER_SERVICE' })
  return parseGreeting(payload)
}

function firstPacket(socket: Socket, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const complete = (finish: () => void): void => {
      clearTimeout(timer)
      socket.off('data', onData).off('error', onError).off('end', onEnd)
      finish()
    }
    const onError = (error: Error): void => complete(() => reject(error))
    const onEnd = (): void =>
      onError(Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' }))
    const onLate = (): void =>
      onError(Object.assign(new Error('no greeting'), { code: 'ETIMEDOUT', errno: connectTimeout }))
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      if (bytes.length < headerBytes) return
      const length = bytes.readUIntLE(0, 3)
      if (bytes.length < headerBytes + length && length <= longestBytes) return
      socket.pause()
      complete(() => {
        nameUtf8(bytes)
        socket.unshift(bytes)
        resolve(bytes)
      })
    }
    const timer = timeoutMs === 0 ? undefined : setTimeout(onLate, timeoutMs)
    socket.on('data', onData).on('error', onError).on('end', onEnd)
  })
}

/**
 * The connector would write its first messages in the default character set of the server. It does not know some, such
 * as ujis, which would end the process. So the greeting names utf8mb4 instead.
 */
function nameUtf8(bytes: Buffer): void {
  const end = bytes.indexOf(0, headerBytes + 1)
  const collationAt = end + 1 + threadIdAndSeedBytes + flagBytes
  if (bytes[headerBytes] === protocol && end > 0 && collationAt < bytes.length) bytes[collationAt] = utf8mb4UnicodeCi
}

/** The payload of a greeting of protocol 10, https://mariadb.com/docs/server/reference/clientserver-protocol/. */
function parseGreeting(payload: Buffer): Greeting | undefined {
  if (payload[0] !== protocol) return undefined
  const end = payload.indexOf(0, 1)
  const flagsAt = end + 1 + threadIdAndSeedBytes
  if (end < 0 || payload.length < flagsAt + flagBytes) return undefined
  const text = payload.toString('latin1', 1, end)
  const flags = payload.readUInt16LE(flagsAt)
  const isPrefixed = text.startsWith(replicationPrefix)
  return {
    version: isPrefixed ? text.slice(replicationPrefix.length) : text,
    isMariaDb: isPrefixed || text.includes('MariaDB') || (flags & mysqlFlag) === 0,
    offersTls: (flags & tlsFlag) !== 0,
  }
}
