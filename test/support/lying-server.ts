import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'

export interface Lie {
  /** As in the greeting; a MariaDB of today unless it is given. */
  readonly version?: string
  /** The method in the greeting. */
  readonly method?: string
  /** The method that the server asks for after the first answer. */
  readonly switchTo?: string
  /** Offers TLS with this certificate and key, both paths. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** The oldest and newest TLS version. */
  readonly versions?: {
    readonly minVersion: 'TLSv1.1' | 'TLSv1.2'
    readonly maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  }
  /** Listens there and not on a port. */
  readonly socketPath?: string
  /** The payload of the last packet; a refusal unless it is given. */
  readonly verdict?: (session: { readonly seed: Buffer }) => Buffer
}

export interface LyingServer {
  /** Zero for a socket. */
  readonly port: number
  /** Every byte that a client has sent, as the server reads it: before TLS, and inside. */
  readonly received: () => Buffer
  /** Whether the server can read the password from what it has received. */
  readonly knows: (password: string) => boolean
  readonly connections: () => number
}

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const seed = Buffer.from('abcdefghijklmnopqrst')
const tlsFlag = 0x800
/** Protocol 4.1, secure connection, plugins, TLS, and no MySQL flag: a MariaDB. */
const flags = { low: 0x8200 | 0x8, high: 0x0008 | 0x0020 }
const mysqlFlag = 1

/** A server that logs nobody in and asks for the password by the method that a test names, until the test ends. */
export async function lyingServer(lie: Lie): Promise<LyingServer> {
  const heard: Buffer[] = []
  const payloads: Buffer[] = []
  const lines = new Set<Socket>()
  let connections = 0
  const server = createServer((line) => {
    connections += 1
    lines.add(line)
    line.on('error', () => undefined)
    converse(line, lie, { heard, payloads })
  })
  await new Promise<void>((resolve) =>
    lie.socketPath === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(lie.socketPath, resolve),
  )
  onTestFinished(() => {
    lines.forEach((line) => line.destroy())
    server.close()
  })
  const received = (): Buffer => Buffer.concat(heard)
  return {
    port: lie.socketPath === undefined ? (server.address() as AddressInfo).port : 0,
    received,
    knows: (password) => reveals(received(), payloads, password),
    connections: () => connections,
  }
}

function converse(line: Socket, lie: Lie, { heard, payloads }: Readonly<Record<'heard' | 'payloads', Buffer[]>>): void {
  const isOld = lie.versions?.maxVersion === 'TLSv1.1'
  line.write(packet(0, greeting(lie)))
  let turns = 0
  const listen = (from: Socket): void => {
    let bytes = Buffer.alloc(0)
    from.on('error', () => undefined)
    from.on('data', (chunk: Buffer) => {
      heard.push(chunk)
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUIntLE(0, 3)) {
        const length = bytes.readUIntLE(0, 3)
        const [sequence, payload] = [bytes[3] ?? 0, bytes.subarray(4, 4 + length)]
        bytes = bytes.subarray(4 + length)
        payloads.push(payload)
        if (length === 32 && lie.certificate !== undefined && from === line) {
          // The first message of TLS may have come with this packet.
          line.removeAllListeners('data').pause()
          line.unshift(bytes)
          const context = createSecureContext({
            cert: readFileSync(lie.certificate.cert),
            key: readFileSync(lie.certificate.key),
            ...lie.versions,
            ...(isOld ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
          })
          listen(new TLSSocket(line, { isServer: true, secureContext: context }))
          return
        }
        from.write(packet(sequence + 1, answer(lie, (turns += 1), payload)))
      }
    })
  }
  listen(line)
}

/** First the switch, then the questions by which each method gives a password away, at last the verdict. */
function answer({ switchTo, method, verdict = refusal }: Lie, turn: number, payload: Buffer): Buffer {
  const asked = switchTo ?? method ?? ''
  if (turn === 1 && switchTo !== undefined)
    return Buffer.concat([Buffer.from([0xfe]), text(switchTo), seed, Buffer.of(0)])
  const isKeyAsked = payload.length === 1 && (payload[0] === 1 || payload[0] === 2)
  if (isKeyAsked) return Buffer.concat([Buffer.of(1), Buffer.from(keys.publicKey)])
  if (asked === 'caching_sha2_password' && turn <= 2) return Buffer.from([1, 4])
  if (asked === 'dialog' && turn <= 3) return Buffer.concat([Buffer.of(4), Buffer.from('Password: ')])
  return verdict({ seed })
}

function refusal(): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0x15, 0x04]), Buffer.from('#28000Access denied')])
}

function greeting({ version = '5.5.5-11.8.3-MariaDB', method = 'mysql_native_password', certificate }: Lie): Buffer {
  const isMySql = !version.includes('MariaDB')
  const low = flags.low | (certificate === undefined ? 0 : tlsFlag) | (isMySql ? mysqlFlag : 0)
  const numbers = Buffer.alloc(8 + 1 + 2)
  numbers.writeUInt16LE(low, 0)
  numbers[2] = 8
  numbers.writeUInt16LE(2, 3)
  numbers.writeUInt16LE(flags.high, 5)
  numbers[7] = 21
  return Buffer.concat([
    Buffer.of(10),
    text(version),
    Buffer.from([1, 0, 0, 0]),
    seed.subarray(0, 8),
    Buffer.of(0),
    numbers.subarray(0, 8),
    Buffer.alloc(10),
    seed.subarray(8),
    Buffer.of(0),
    text(method),
  ])
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`)

function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  header[3] = sequence
  return Buffer.concat([header, payload])
}

/** As it is, masked with the seed, or encrypted with the key that the server has handed out. */
function reveals(received: Buffer, payloads: readonly Buffer[], password: string): boolean {
  const plain = Buffer.from(password)
  const masked = Buffer.from(plain.map((byte, index) => byte ^ (seed[index % seed.length] ?? 0)))
  if (received.includes(plain) || received.includes(masked)) return true
  return payloads.some((block) => block.length === 256 && isEncrypted(block))
}

function isEncrypted(block: Buffer): boolean {
  try {
    privateDecrypt({ key: keys.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, block)
    return true
  } catch {
    return false
  }
}
