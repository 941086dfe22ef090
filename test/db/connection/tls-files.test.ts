import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeCertificates, noOpenssl } from '../../support/certificates.ts'
import { dbtool } from '../../support/cli.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const read = (name: string): string => readFileSync(join(folder, 'certificates', name), 'utf8')
const der = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64')

const files: Readonly<Record<string, () => string | Buffer>> = {
  empty: () => '',
  whitespace: () => ' \n\t\n',
  key: () => read('ca.key'),
  both: () => `${read('ca.pem')}${read('ca.key')}`,
  der: () => der(read('ca.pem')),
  damaged: () => read('ca.pem').replace(/\n\w{10}/, '\n'),
  second: () => `${read('ca.pem')}${read('ca.pem').replace(/\n\w{10}/, '\n')}`,
  text: () => 'not a certificate\n',
}

describe.skipIf(noOpenssl)('--ssl-ca (needs openssl)', () => {
  beforeAll(() => {
    makeCertificates(join(folder, 'certificates'))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content())
    mkdirSync(join(folder, 'directory'))
  })

  it.each([
    ['none', 'cannot read the certificate of --ssl-ca, '],
    ['directory', 'cannot read the certificate of --ssl-ca, '],
    ['empty', 'the file of --ssl-ca, ', ', is empty'],
    ['whitespace', 'the file of --ssl-ca, ', ', is empty'],
    ['key', 'the file of --ssl-ca, ', ', holds a private key'],
    ['both', 'the file of --ssl-ca, ', ', holds a private key'],
    ['der', 'the file of --ssl-ca, ', ', holds no certificate'],
    ['text', 'the file of --ssl-ca, ', ', holds no certificate'],
    ['damaged', 'certificate 1 of --ssl-ca, ', ', is damaged'],
    ['second', 'certificate 2 of --ssl-ca, ', ', is damaged'],
  ])('that is no file of certificates is a fault before any connection: %s', async (name, before, after = '') => {
    const path = join(folder, name)
    for (const [flags, env] of [
      [`--ssl-ca ${path}`, {}],
      ['', { DB_SSL_CA: path }],
    ] as const) {
      const { error, exitCode } = await dbtool(`connection test --json --host 127.0.0.1 --port 1 ${flags}`, { env })
      expect([exitCode, error.code, error.message]).toEqual([2, 'BAD_CONFIG', `${before}'${path}'${after}`])
      expect(error.hint).toMatch(/^give --ssl-ca /)
    }
  })
})
