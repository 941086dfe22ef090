import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { benchedDrivers } from '../../../src/db/benched-drivers.ts'
import { connect } from '../../../src/db/connection/connect.ts'
import { defaultPoolOptions } from '../../../src/db/pool/pool.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultLimits, type SslMode, type Target } from '../../../src/db/target.ts'
import { makeCertificates, noOpenssl } from '../../support/certificates.ts'
import { lyingServer, type LyingServer } from '../../support/lying-server.ts'
import { giveTo, isRoot, stranger } from '../../support/other-user.ts'
import { expectFailure, password } from '../expect-failure.ts'

const methods = ['mysql_clear_password', 'dialog', 'sha256_password', 'caching_sha2_password'] as const
const folder = mkdtempSync(join(tmpdir(), 'dbt-lies-'))
let files: (name: string) => string = (name) => name

beforeAll(() => {
  if (!noOpenssl) files = makeCertificates(join(folder, 'certificates'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const targetOf = ({ port }: LyingServer, ssl: Target['ssl'], socket?: string): Target => ({
  host: 'localhost',
  port,
  socket,
  user: 'ada',
  password,
  database: undefined,
  ssl,
})
const certificate = (): { cert: string; key: string } => ({ cert: files('server.pem'), key: files('server.key') })

describe('a server that nobody has verified and that asks for the password', () => {
  const asked = methods.flatMap((method) => [
    { how: 'first', lie: { method }, method },
    { how: 'by a switch', lie: { switchTo: method }, method },
  ])

  it.each(asked)('by $method, $how, unencrypted: sees no byte of it', async ({ lie, method }) => {
    const server = await lyingServer(lie)
    for (const mode of ['disabled', 'preferred'] as const) await refuses(server, targetOf(server, { mode }), method)
  })

  it.skipIf(noOpenssl).each(asked)('by $method, $how, over TLS: sees no byte of it', async ({ lie, method }) => {
    const server = await lyingServer({ ...lie, certificate: certificate() })
    for (const mode of ['preferred', 'required', 'verify-fingerprint'] as const)
      await refuses(server, targetOf(server, { mode }), method)
  })

  async function refuses(server: LyingServer, target: Target, method: string): Promise<void> {
    const refused = {
      code: 'ACCESS_DENIED',
      exitCode: 4,
      message: `asks user 'ada' to log in by ${method}, which reveals the password to a server that is not verified`,
      hint: '--ssl-mode verify-ca or verify-identity',
    }
    await expectFailure(connect(target), refused)
    for (const mode of ['driver', 'none'] as const) {
      const pool = openPool(mode, { target, limits: defaultLimits, options: defaultPoolOptions })
      await expectFailure(pool.acquire(), refused)
      await pool.close(0)
    }
    expect(server.knows(password)).toBe(false)
  }

  it.each(methods)('by %s: nor does a benched driver give it', async (method) => {
    const server = await lyingServer({ switchTo: method })
    const target = targetOf(server, { mode: 'disabled' })
    const { drivers } = await benchedDrivers(target, false)
    expect(drivers.map(({ name }) => name)).toEqual(['mariadb', 'mysql2'])
    for (const driver of drivers) await expect(driver.connect()).rejects.toThrow()
    expect(server.knows(password)).toBe(false)
  })

  it.skipIf(noOpenssl).each(['first', 'by a switch'])(
    '%s, over TLS: nor does a benched driver give it',
    async (how) => {
      for (const method of methods) {
        const lie = how === 'first' ? { method } : { switchTo: method }
        const server = await lyingServer({ ...lie, certificate: certificate() })
        const { drivers } = await benchedDrivers(targetOf(server, { mode: 'required' }), true)
        for (const driver of drivers) await expect(driver.connect(), method).rejects.toThrow()
        expect(server.knows(password), method).toBe(false)
      }
    },
  )
})

describe('a server that is verified, or local', () => {
  it.skipIf(noOpenssl).each(methods)('gets the password by %s over TLS', async (method) => {
    const server = await lyingServer({ switchTo: method, certificate: certificate() })
    for (const mode of ['verify-ca', 'verify-identity', 'required'] as const)
      await denies(server, targetOf(server, { mode, ca: files('ca.pem') }))
  })

  it.runIf(isRoot).each(methods)('does not get it by %s over a socket of another user', async (method) => {
    for (const foreign of ['socket', 'folder']) {
      const own = mkdtempSync(join(folder, 'socket-'))
      const socketPath = join(own, 'my.sock')
      const server = await lyingServer({ switchTo: method, socketPath })
      giveTo(stranger, foreign === 'socket' ? socketPath : own)
      await expectFailure(connect(targetOf(server, { mode: 'preferred' }, socketPath)), {
        code: 'ACCESS_DENIED',
        exitCode: 4,
        message: 'reveals the password to a server that is not verified',
        hint: 'use a socket that belongs to you, to root or to the account mysql',
      })
      expect(server.knows(password), foreign).toBe(false)
    }
  })

  it.each(methods)('gets the password by %s over a socket', async (method) => {
    const socketPath = join(folder, `${method}.sock`)
    const server = await lyingServer({ switchTo: method, socketPath })
    await denies(server, targetOf(server, { mode: 'preferred' }, socketPath))
  })

  async function denies(server: LyingServer, target: Target): Promise<void> {
    await expectFailure(connect(target), {
      code: 'ACCESS_DENIED',
      exitCode: 4,
      message: 'Access denied',
      hint: '--user',
    })
    expect(server.knows(password)).toBe(true)
  }
})

it.each<SslMode>(['disabled', 'preferred'])('a method that nobody here knows is named, with TLS %s', async (mode) => {
  const server = await lyingServer({ switchTo: 'auth_gssapi_client' })
  await expectFailure(connect(targetOf(server, { mode })), {
    code: 'ACCESS_DENIED',
    exitCode: 4,
    message: "asks user 'ada' to log in by auth_gssapi_client, which dbtool does not support",
    hint: 'another method',
  })
})

describe('a server that says it is MySQL', () => {
  const isMySql = {
    code: 'NOT_MARIADB',
    exitCode: 4,
    message: /: this is MySQL 9\.7\.4; dbtool needs MariaDB 10\.6 or later$/,
    hint: '--host and --port, or --socket',
  }

  it('is named over a network, and learns nothing', async () => {
    const server = await lyingServer({ version: '9.7.4', method: 'caching_sha2_password' })
    await expectFailure(connect(targetOf(server, { mode: 'preferred' })), isMySql)
    expect(server.knows(password)).toBe(false)
  })

  it('is named over a socket', async () => {
    const socketPath = join(folder, 'mysql.sock')
    const server = await lyingServer({ version: '9.7.4', method: 'caching_sha2_password', socketPath })
    await expectFailure(connect(targetOf(server, { mode: 'preferred' }, socketPath)), isMySql)
  })
})
