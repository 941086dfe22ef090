import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, type ConnectionOptions } from 'node:tls'
import { DbtoolError, messageOf } from '../../errors.ts'
import { readRegularFile } from '../../regular-file.ts'
import { defaultTlsVersions, type Target } from '../target.ts'

/** The files that a target names, in PEM format. */
export interface TlsFiles {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/**
 * Reads and checks the TLS files of a target.
 * @throws DbtoolError BAD_CONFIG for a file that cannot be read, is empty or holds something else. Also for a key that
 * does not belong to its certificate, and for settings that exclude each other.
 */
export function readTlsFiles({ ssl }: Target): TlsFiles {
  if (ssl.ca !== undefined && ssl.mode === 'verify-fingerprint')
    throw wrong('--ssl-ca and --ssl-mode verify-fingerprint exclude each other', 'use --ssl-mode verify-identity')
  return {
    ca: ssl.ca === undefined ? undefined : certificatesIn('--ssl-ca', ssl.ca),
    ...readClientCertificate(ssl),
  }
}

function readClientCertificate({ cert: certPath, key: keyPath }: Target['ssl']): TlsFiles {
  if (certPath === undefined && keyPath === undefined) return {}
  if (certPath === undefined || keyPath === undefined) {
    const [given, missing] = certPath === undefined ? ['--ssl-key', '--ssl-cert'] : ['--ssl-cert', '--ssl-key']
    throw wrong(`${given} needs ${missing}`, 'a client certificate consists of both; one PEM file may hold both')
  }
  const cert = certificatesIn('--ssl-cert', certPath, { mayHoldKey: true })
  const key = readPem('--ssl-key', keyPath)
  if (!privateKey.test(key)) throw wrong(`the file of --ssl-key, '${keyPath}', holds no private key`, keyHint)
  if (/ENCRYPTED/.test(key))
    throw wrong(`the private key of --ssl-key, '${keyPath}', is encrypted`, 'decrypt it with: openssl pkey -in FILE')
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const message = `the certificate of --ssl-cert, '${certPath}', and the key of --ssl-key, '${keyPath}', do not match`
    throw wrong(`${message}: ${messageOf(cause)}`, keyHint, cause)
  }
  return { cert, key }
}

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
const certificate = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g
const pemHint = (flag: string): string => `give ${flag} the path of a PEM file with a certificate`
const keyHint = 'give --ssl-key the PEM file with the private key of the certificate'

function certificatesIn(flag: string, path: string, { mayHoldKey = false } = {}): string {
  const text = readPem(flag, path)
  if (!mayHoldKey && privateKey.test(text))
    throw wrong(
      `the file of ${flag}, '${path}', holds a private key`,
      `give ${flag} certificates only, and keep the private key of an authority off this machine`,
    )
  const found = text.match(certificate) ?? []
  if (found.length === 0) throw wrong(`the file of ${flag}, '${path}', holds no certificate`, pemHint(flag))
  for (const [index, one] of found.entries()) {
    try {
      new X509Certificate(one)
    } catch (cause) {
      throw wrong(`certificate ${index + 1} of ${flag}, '${path}', is damaged`, pemHint(flag), cause)
    }
  }
  return text
}

function readPem(flag: string, path: string): string {
  const text = read(flag, path)
  if (text.trim() === '') throw wrong(`the file of ${flag}, '${path}', is empty`, `give ${flag} a PEM file`)
  return text
}

/** Far more than all authorities of a system. */
const maxPemBytes = 16_777_216

function read(flag: string, path: string): string {
  try {
    return readRegularFile(path, { maxBytes: maxPemBytes, orPipe: true }).text
  } catch (cause) {
    const thing = flag === '--ssl-key' ? 'private key' : 'certificate'
    throw wrong(`cannot read the ${thing} of ${flag}, '${path}'`, `give ${flag} the path of a PEM file`, cause)
  }
}

function wrong(message: string, hint: string, cause?: unknown): DbtoolError {
  return new DbtoolError('BAD_CONFIG', message, { hint, cause })
}

/**
 * Whether an encrypted connection proves that the server is the right one. A given CA asks for it in every mode.
 * A fingerprint proves it too late: the password, or a hash of it, is on its way before.
 */
export function verifiesCertificate({ ssl: { mode, ca } }: Target): boolean {
  return ca !== undefined || mode === 'verify-ca' || mode === 'verify-identity'
}

/** As node:tls and the connector take them. */
export type TlsOptions = ConnectionOptions & { readonly ca?: string }

/** The connector only asks whether there is a CA: then no fingerprint replaces it. `secureContext` has the real one. */
const ofNode = 'the authorities of Node'

/**
 * The TLS options of the connector. Without `--ssl-ca`, the authorities of Node decide: its own list, and the
 * certificates of NODE_EXTRA_CA_CERTS; or the system's with `NODE_OPTIONS=--use-openssl-ca`.
 */
export function tlsOptions(target: Target, files: TlsFiles): TlsOptions {
  const { host } = target
  const secureContext = createSecureContext({ ...files, ...versionRange(target) })
  if (!verifiesCertificate(target))
    return { secureContext, rejectUnauthorized: target.ssl.mode === 'verify-fingerprint', ...nameOf(host) }
  return {
    secureContext,
    ca: files.ca ?? ofNode,
    rejectUnauthorized: true,
    ...nameOf(host),
    ...(target.ssl.mode === 'verify-identity' ? {} : { checkServerIdentity: () => undefined }),
  }
}

/** Without them, "localhost" would be the name to check. An address is no server name (RFC 6066). */
function nameOf(host: string): { readonly servername: string } | { readonly host: string } {
  return isIP(host) === 0 ? { servername: host } : { host }
}

/** The range of TLS versions that a target accepts. */
export function versionRange({
  ssl: { versions = defaultTlsVersions },
}: Target): Pick<ConnectionOptions, 'minVersion' | 'maxVersion'> {
  const sorted = [...versions].sort()
  return { minVersion: sorted[0] ?? 'TLSv1.2', maxVersion: sorted.at(-1) ?? 'TLSv1.3' }
}
