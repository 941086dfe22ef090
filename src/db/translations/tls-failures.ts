import { addressOf, defaultTlsVersions } from '../target.ts'
import { type DriverError, serverText, type Translation } from './translation.ts'

/** The faults of encryption, each with its own sentence. */

export const tls: Translation = {
  code: 'TLS_FAILED',
  message: (error, target) => `no encrypted connection to ${addressOf(target)}: ${serverText(error)}`,
  hint: ({ ssl }) =>
    ssl.ca === undefined && ssl.mode.startsWith('verify')
      ? 'check --ssl-mode and --ssl-ca; without --ssl-ca, the authorities of Node decide'
      : 'check --ssl-mode and --ssl-ca',
  hintInCode: ({ ssl }) => {
    if (ssl.pem?.ca !== undefined) return 'check sslMode and tls.ca of the pool'
    return ssl.ca === undefined && ssl.mode.startsWith('verify')
      ? 'check sslMode and sslCa of the pool; without sslCa, the authorities of Node decide'
      : 'check sslMode and sslCa of the pool'
  },
}

/** The server has no certificate. */
export const noTls: Translation = {
  ...tls,
  hint: () => 'an administrator sets ssl_cert and ssl_key of the server; or choose another --ssl-mode',
  hintInCode: () => 'an administrator sets ssl_cert and ssl_key of the server; or choose another sslMode of the pool',
}

const plainRefused: Translation = {
  code: 'TLS_FAILED',
  message: (error, target) =>
    `the server at ${addressOf(target)} accepts encrypted connections only: ${serverText(error)}`,
  hint: () => 'use --ssl-mode required, or a mode that also checks the certificate',
  hintInCode: () => "set sslMode of the pool to 'required', or to a mode that also checks the certificate",
}

export const otherVersion: Translation = {
  code: 'TLS_FAILED',
  message: (_error, target) =>
    `no encrypted connection to ${addressOf(target)}: the server does not speak ` +
    (target.ssl.versions ?? defaultTlsVersions).join(' or '),
  hint: () => 'it may speak an older version: set tls_version of the server to TLSv1.2,TLSv1.3, or check --tls-version',
  hintInCode: () =>
    'it may speak an older version: set tls_version of the server to TLSv1.2,TLSv1.3, or check tlsVersions of the pool',
}

/** By the number of the server's error or the connector's (45xxx). */
export const tlsFailures: Readonly<Record<number, Translation>> = {
  3159: plainRefused,
  45023: noTls,
  45056: tls,
  45057: tls,
  45059: tls,
  45062: tls,
  45063: tls,
  45064: plainRefused,
}

/** OpenSSL's words for a peer that speaks older versions only. */
const versionWords = /alert protocol version|unsupported protocol|version too low/i
const tlsWords = /certificate|self[- ]signed|TLS|SSL routines|wrong version number/i

// Only for errors of Node: the texts of the server may quote a user's ("gift certificate").
export const namesTlsVersion = ({ text }: DriverError): boolean => versionWords.test(text)
export const namesTls = ({ text }: DriverError): boolean => tlsWords.test(text)
