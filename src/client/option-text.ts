import { isIP } from 'node:net'
import { readTlsFiles, verifiesCertificate } from '../db/connection/tls.ts'
import type { Target } from '../db/target.ts'
import { DbtoolError } from '../errors.ts'

/** The largest statement that the client sends or reads; the server's own limit is never larger. */
const largestPacket = '1G'

export interface ClientSettings {
  readonly target: Target
  /** Whether dbtool's own connection to this target is encrypted. */
  readonly encrypted: boolean
}

/**
 * The text of an option file with which MariaDB's own clients reach the same target. They read no other file.
 * @throws DbtoolError BAD_CONFIG for a TLS file, TLS_FAILED for a proof that they do not know.
 */
export function optionText({ target, encrypted }: ClientSettings): string {
  const { host, port, socket, user, password, readOnly = false } = target
  const place =
    socket === undefined
      ? [
          ['host', host],
          ['port', String(port)],
          ['protocol', 'tcp'],
        ]
      : [
          ['socket', socket],
          ['protocol', 'socket'],
        ]
  const client = [...place, ['user', user], ['password', password], ['default-character-set', 'utf8mb4']]
  const shell = readOnly ? [['init-command', 'SET SESSION tx_read_only = ON']] : []
  return [
    '[client]',
    ...client.map(([name = '', value = '']) => line(name, value)),
    ...tlsLines(target, encrypted),
    '[mysql]',
    line('max-allowed-packet', largestPacket),
    ...shell.map(([name = '', value = '']) => line(name, value)),
    '[mysqldump]',
    line('max-allowed-packet', largestPacket),
    '',
  ].join('\n')
}

/** The clients know only one strict mode, which also checks the name of the host. */
function tlsLines(target: Target, encrypted: boolean): string[] {
  if (!encrypted) return ['skip-ssl']
  const { ssl, host } = target
  if (ssl.mode === 'verify-fingerprint')
    throw new DbtoolError('TLS_FAILED', "MariaDB's client has no option to verify a fingerprint", {
      hint: 'use --ssl-mode verify-identity with --ssl-ca',
    })
  readTlsFiles(target)
  const verifies = verifiesCertificate(target)
  if (verifies && ssl.mode !== 'verify-identity' && isIP(host) !== 0)
    throw new DbtoolError('TLS_FAILED', "MariaDB's client always checks the name of a verified host, not its address", {
      hint: 'use the host name that the certificate has',
    })
  const files: (readonly [string, string | undefined])[] = [
    ['ssl-ca', ssl.ca],
    ['ssl-cert', ssl.cert],
    ['ssl-key', ssl.key],
    ['tls-version', ssl.versions?.join(',')],
  ]
  return [
    'ssl',
    verifies ? 'ssl-verify-server-cert' : 'skip-ssl-verify-server-cert',
    ...files.flatMap(([name, value]) => (value === undefined ? [] : [line(name, value)])),
  ]
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A line as MariaDB's own programs read it: in quotes, a # begins no comment. */
function line(name: string, value: string): string {
  if (value.includes('\0')) throw new DbtoolError('BAD_CONFIG', `the value of ${name} contains a NUL character`)
  return `${name}="${value.replace(/[\\"\n\r\t]/g, (character) => escapes[character] ?? character)}"`
}
