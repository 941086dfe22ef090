import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, type ConnectionOptions } from 'node:tls'
import { DbtoolError, messageOf } from '../../errors.ts'
import { readRegularFile } from '../../regular-file.ts'
import { defaultTlsVersions, type Pem, type Target } from '../target.ts'

/** The text of a certificate or key, and its name in messages. */
interface Source {
  /** `--ssl-ca`, which names a file, or `tls.ca`, which holds the text itself. */
  readonly setting: string
  readonly isText: boolean
  /** In a sentence: `--ssl-ca, 'ca.pem',` or `tls.ca`. */
  readonly name: string
  /** Its holder: `the file of --ssl-ca, 'ca.pem',` or `tls.ca`. */
  readonly holder: string
  readonly text: () => string
}

/**
 * Reads and checks the certificates and the key of a target: files that it names, or their contents.
 * @throws DbtoolError BAD_CONFIG for a file that cannot be read, is empty or holds something else. Also for a key that
 * does not belong to its certificate, and for settings that exclude each other.
 */
export function readTlsFiles(target: Target): Pem {
  try {
    return readAll(target.ssl)
  } catch (error) {
    if (!(error instanceof DbtoolError) || target.inCode !== true) throw error
    throw wrong(inOptions(error.message), inOptions(error.hint ?? ''), error.cause)
  }
}

/** `--ssl-ca` is `sslCa` for a program. */
const inOptions = (text: string): string =>
  text.replace(/--ssl-(\w)/g, (_flag, letter: string) => `ssl${letter.toUpperCase()}`)

function readAll(ssl: Target['ssl']): Pem {
  const ca = sourceOf('ca', ssl)
  if (ca !== undefined && ssl.mode === 'verify-fingerprint')
    throw wrong(`${ca.setting} and --ssl-mode verify-fingerprint exclude each other`, 'use --ssl-mode verify-identity')
  return {
    ca: ca === undefined ? undefined : certificatesIn(ca),
    ...readClientCertificate(sourceOf('cert', ssl), sourceOf('key', ssl)),
  }
}

function sourceOf(name: keyof Pem, ssl: Target['ssl']): Source | undefined {
  const content = ssl.pem?.[name]
  const option = `tls.${name}`
  if (content !== undefined) return { setting: option, isText: true, name: option, holder: option, text: () => content }
  const path = ssl[name]
  if (path === undefined) return undefined
  const setting = `--ssl-${name}`
  const named = `${setting}, '${path}',`
  return { setting, isText: false, name: named, holder: `the file of ${named}`, text: () => read(setting, path) }
}

function readClientCertificate(certSource: Source | undefined, keySource: Source | undefined): Pem {
  if (certSource === undefined) {
    if (keySource === undefined) return {}
    throw incomplete(keySource)
  }
  if (keySource === undefined) throw incomplete(certSource)
  const cert = certificatesIn(certSource, { mayHoldKey: true })
  const key = notEmpty(keySource)
  if (!privateKey.test(key)) throw wrong(`${keySource.holder} holds no private key`, keyHint(keySource))
  if (/ENCRYPTED/.test(key))
    throw wrong(`the private key of ${keySource.name} is encrypted`, 'decrypt it with: openssl pkey -in FILE')
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const message = `the certificate of ${certSource.name} and the key of ${keySource.name} do not match`
    throw wrong(`${message}: ${messageOf(cause)}`, keyHint(keySource), cause)
  }
  return { cert, key }
}

function incomplete({ setting }: Source): DbtoolError {
  const missing = setting.replace(/cert$|key$/, (part) => (part === 'cert' ? 'key' : 'cert'))
  return wrong(`${setting} needs ${missing}`, 'a client certificate consists of both; one PEM file may hold both')
}

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
const certificate = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g
const pemHint = ({ setting, isText }: Source): string =>
  isText ? `give ${setting} a certificate in PEM format` : `give ${setting} the path of a PEM file with a certificate`
const keyHint = ({ setting, isText }: Source): string =>
  `give ${setting} ${isText ? '' : 'the PEM file with '}the private key of the certificate`

function certificatesIn(source: Source, { mayHoldKey = false } = {}): string {
  const { setting, name, holder } = source
  const text = notEmpty(source)
  if (!mayHoldKey && privateKey.test(text))
    throw wrong(
      `${holder} holds a private key`,
      `give ${setting} certificates only, and keep the private key of an authority off this machine`,
    )
  const found = text.match(certificate) ?? []
  if (found.length === 0) throw wrong(`${holder} holds no certificate`, pemHint(source))
  for (const [index, one] of found.entries()) {
    try {
      new X509Certificate(one)
    } catch (cause) {
      throw wrong(`certificate ${index + 1} of ${name} is damaged`, pemHint(source), cause)
    }
  }
  return text
}

function notEmpty({ setting, isText, holder, text }: Source): string {
  const found = text()
  if (found.trim() === '')
    throw wrong(`${holder} is empty`, `give ${setting} ${isText ? 'text in PEM format' : 'a PEM file'}`)
  return found
}

/** Far more than all authorities of a system. */
const maxPemBytes = 16_777_216

function read(setting: string, path: string): string {
  try {
    return readRegularFile(path, { maxBytes: maxPemBytes, orPipe: true, orBytes: true }).text
  } catch (cause) {
    const thing = setting === '--ssl-key' ? 'private key' : 'certificate'
    throw wrong(`cannot read the ${thing} of ${setting}, '${path}'`, `give ${setting} the path of a PEM file`, cause)
  }
}

function wrong(message: string, hint: string, cause?: unknown): DbtoolError {
  return new DbtoolError('BAD_CONFIG', message, { hint, cause })
}

/**
 * Whether an encrypted connection proves that the server is the right one. A given CA asks for it in every mode.
 * A fingerprint proves it too late: the password, or a hash of it, is on its way before.
 */
export function verifiesCertificate({ ssl: { mode, ca, pem } }: Target): boolean {
  return ca !== undefined || pem?.ca !== undefined || mode === 'verify-ca' || mode === 'verify-identity'
}

/** As node:tls and the connector take them. */
export type TlsOptions = ConnectionOptions & { readonly ca?: string }

/** The connector only asks whether there is a CA: then no fingerprint replaces it. `secureContext` has the real one. */
const ofNode = 'the authorities of Node'

/**
 * The TLS options of the connector. Without `--ssl-ca`, the authorities of Node decide: its own list, and the
 * certificates of NODE_EXTRA_CA_CERTS; or the system's with `NODE_OPTIONS=--use-openssl-ca`.
 */
export function tlsOptions(target: Target, files: Pem): TlsOptions {
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
