import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withSession } from '../../src/server/session.ts'
import { createPool, type CreatePoolOptions, type ShopPool } from '../../src/index.ts'
import { noOpenssl } from '../support/certificates.ts'
import { testServer } from '../support/tls-server.ts'

function poolOn(port: number, options: CreatePoolOptions): ShopPool {
  const pool = createPool({ host: 'localhost', port, database: 'mysql', size: 1, maxOverflow: 0, ...options })
  onTestFinished(() => pool.close(0))
  return pool
}

describe.skipIf(noOpenssl)('a target as objects (needs openssl)', { timeout: 120_000 }, () => {
  it('takes certificates and key as text or bytes, and the password from a function', async () => {
    const { port, paths, file } = await testServer()
    const pem = (name: string): Buffer => readFileSync(file(name))
    let password = 'first'
    const change = (to: string): Promise<unknown> =>
      withSession(paths, (db) => db.execute(`ALTER USER 'ada'@'%' IDENTIFIED BY '${to}'`))
    await withSession(paths, async (db) => {
      await db.execute("CREATE USER 'ada'@'%' IDENTIFIED BY 'first' REQUIRE X509")
      await db.execute("GRANT SELECT ON mysql.* TO 'ada'@'%'")
    })
    const tls = { ca: pem('ca.pem'), cert: pem('client.pem').toString(), key: pem('client.key') }
    const options: CreatePoolOptions = {
      user: 'ada',
      password: () => Promise.resolve(password),
      sslMode: 'verify-identity',
      tls,
    }
    const pool = poolOn(port, { ...options, recycleMs: 1 })
    const ask = async (): Promise<unknown> => (await pool.query("SHOW SESSION STATUS LIKE 'Ssl_version'"))[0]?.Value
    expect(await ask()).toMatch(/^TLSv1\./)
    await change('second')
    await expect(ask()).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    password = 'second'
    expect(await ask()).toMatch(/^TLSv1\./)

    await expect(poolOn(port, { ...options, tls: { ...tls, ca: pem('other.pem') } }).acquire()).rejects.toMatchObject({
      code: 'TLS_FAILED',
      hint: 'check sslMode and tls.ca of the pool',
    })
    await expect(poolOn(port, { ...options, tls: { ca: pem('ca.pem') } }).acquire()).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
  })

  const certificateHint = /^give tls\.c\w+ a certificate in PEM format$/
  const pairHint = /^a client certificate consists of both/
  it.each<[string, CreatePoolOptions, RegExp, RegExp?]>([
    ['text that is no certificate', { tls: { ca: 'x' } }, /^tls\.ca holds no certificate$/, certificateHint],
    ['empty text', { tls: { ca: ' ' } }, /^tls\.ca is empty$/, /^give tls\.ca text in PEM format$/],
    ['a certificate without a key', { tls: { cert: 'x' } }, /^tls\.cert needs tls\.key$/, pairHint],
    ['a key without a certificate', { tls: { key: 'x' } }, /^tls\.key needs tls\.cert$/, pairHint],
    ['a key file alone', { sslKey: '/nowhere.pem' }, /^sslKey needs sslCert$/, pairHint],
    [
      'a file that is missing',
      { sslCa: '/nowhere.pem' },
      /^cannot read the certificate of sslCa, '\/nowhere\.pem'$/,
      /^give sslCa the path of a PEM file$/,
    ],
    [
      'a function that fails',
      { password: () => Promise.reject(new Error('vault is sealed')) },
      /function of the option password failed: vault is sealed/,
    ],
    ['a function without a password', { password: (() => undefined) as never }, /must return text, not undefined/],
  ])('says what is wrong with %s', async (_what, options, message, hint) => {
    await expect(poolOn(1, options).acquire()).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(message),
      ...(hint && { hint: expect.stringMatching(hint) }),
    })
  })
})
