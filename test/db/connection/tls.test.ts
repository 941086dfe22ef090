import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { probe } from '../../../src/db/connection/probe.ts'
import type { SslMode, Target } from '../../../src/db/target.ts'
import { prepareDirectories } from '../../../src/server/directories.ts'
import { launch } from '../../../src/server/launch.ts'
import { findPrograms } from '../../../src/server/programs.ts'
import { withSession } from '../../../src/server/session.ts'
import { freePort } from '../../server/free-port.ts'
import { furnishedHome } from '../../server/temporary-home.ts'
import { expectFailure, password } from '../expect-failure.ts'

const openssl = (...line: string[]): void => void execFileSync('openssl', line, { stdio: 'pipe' })
const noOpenssl = ((): boolean => {
  try {
    openssl('version')
    return false
  } catch {
    return true
  }
})()

interface TlsServer {
  readonly port: number
  /** The certificate that signed the server's, and one that signed nothing. */
  readonly ca: string
  readonly otherCa: string
  readonly refusePlain: () => Promise<unknown>
}

/** A server whose certificate is for "localhost" alone. */
async function tlsServer(): Promise<TlsServer> {
  const paths = furnishedHome()
  const [programs, user, port] = [findPrograms(), prepareDirectories(paths), await freePort()]
  const certificates = makeCertificates(join(paths.home, 'certificates'))
  if (user.spawn.uid !== undefined) chownSync(certificates('server.key'), user.spawn.uid, user.spawn.gid ?? -1)
  const tls = [`--ssl-cert=${certificates('server.pem')}`, `--ssl-key=${certificates('server.key')}`]
  await launch({ paths, programs, user: { ...user, arguments: [...user.arguments, ...tls] }, port })
  await withSession(paths, (db) => db.execute(`CREATE USER 'ada'@'%' IDENTIFIED BY '${password}'`))
  return {
    port,
    ca: certificates('ca.pem'),
    otherCa: certificates('other.pem'),
    refusePlain: () => withSession(paths, (db) => db.execute('SET GLOBAL require_secure_transport = ON')),
  }
}

function makeCertificates(directory: string): (name: string) => string {
  const at = (name: string): string => join(directory, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  mkdirSync(directory)
  for (const name of ['ca', 'other'])
    openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`))
  openssl('req', '-new', ...newKey, '-subj', '/CN=localhost', '-keyout', at('server.key'), '-out', at('server.csr'))
  writeFileSync(at('extensions'), 'subjectAltName = DNS:localhost')
  openssl(
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-set_serial',
    '7',
    '-extfile',
    at('extensions'),
    '-out',
    at('server.pem'),
  )
  return at
}

describe('TLS to a server that has it', { timeout: 120_000 }, () => {
  it.skipIf(noOpenssl)('encrypts, checks the chain, checks the name, as the mode says (needs openssl)', async () => {
    const { port, ca, otherCa, refusePlain } = await tlsServer()
    const target = (mode: SslMode, host: string, authority?: string): Target => ({
      host,
      port,
      socket: undefined,
      user: 'ada',
      password,
      database: undefined,
      ssl: { mode, ca: authority },
    })
    const cipherOf = async (target: Target): Promise<string | null> => {
      const db = await connect(target)
      try {
        return (await probe(db)).tls
      } finally {
        await db.close()
      }
    }
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)

    expect(await cipherOf(target('disabled', 'localhost'))).toBeNull()
    for (const [mode, host, authority] of [
      ['preferred', 'localhost', undefined],
      ['preferred', '127.0.0.1', ca],
      ['required', '127.0.0.1', undefined],
      ['required', '127.0.0.1', ca],
      ['verify-ca', 'localhost', ca],
      ['verify-ca', '127.0.0.1', ca],
      ['verify-identity', 'localhost', ca],
    ] as const)
      expect(await cipherOf(target(mode, host, authority)), `${mode} ${host}`).toMatch(/^TLS_/)

    for (const [mode, host, authority, reason] of [
      // Who gives a certificate does not want it ignored.
      ['preferred', 'localhost', otherCa, /certificate/],
      ['required', 'localhost', otherCa, /certificate/],
      ['verify-ca', 'localhost', undefined, /certificate/],
      ['verify-ca', 'localhost', otherCa, /certificate/],
      ['verify-identity', 'localhost', undefined, /certificate/],
      ['verify-identity', '127.0.0.1', ca, /certificate.*127\.0\.0\.1/],
    ] as const) {
      const failure = {
        code: 'TLS_FAILED',
        exitCode: 4,
        message: new RegExp(`^no encrypted connection to ${host}:${port}: .*${reason.source}`),
        hint: /--ssl-mode and --ssl-ca/,
      }
      await expectFailure(connect(target(mode, host, authority)), failure)
    }

    // Each of several hosts is verified by its own name.
    const hosts = ['127.0.0.1', 'localhost'].map((host) => ({ host, port }))
    const reached = await connect({ ...target('verify-identity', '127.0.0.1', ca), hosts, role: 'writer' })
    expect(reached.target.host).toBe('localhost')
    await reached.close()

    await refusePlain()
    await expectFailure(connect(target('disabled', 'localhost')), {
      code: 'ACCESS_DENIED',
      exitCode: 4,
      message: 'Access denied',
      hint: 'may also demand --ssl-mode required',
    })
    expect(await cipherOf(target('preferred', 'localhost'))).toMatch(/^TLS_/)
    expect(warnings).toEqual([])
    process.off('warning', warned)
  })
})
