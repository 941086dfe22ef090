import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { probe } from '../../../src/db/connection/probe.ts'
import { sslModes, type SslMode, type Target } from '../../../src/db/target.ts'
import { DbtoolError } from '../../../src/errors.ts'
import { withSession } from '../../../src/server/session.ts'
import { noOpenssl } from '../../support/certificates.ts'
import { testServer, type TestServer } from '../../support/tls-server.ts'
import { password } from '../expect-failure.ts'

/** The tables of the page are what is expected: each row by its first cells, each cell by the heading above it. */
const page = readFileSync('docs/connecting.md', 'utf8')

function tableAfter(heading: string): { readonly headings: string[]; readonly rows: string[][] } {
  const lines = page.slice(page.indexOf(`\n${heading}\n`)).split('\n')
  const from = lines.findIndex((line) => line.startsWith('|'))
  const table = lines.slice(
    from,
    lines.findIndex((line, index) => index > from && !line.startsWith('|')),
  )
  const [headings = [], , ...rows] = table.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
  return { headings, rows }
}

const oldestWithFingerprint = 11.4

/** A cell may depend on the version of the server: "encrypted; before 11.4: TLS_FAILED". */
function expectedIn(cell: string, version: number): string {
  const [now = '', before] = cell.split('; before 11.4: ')
  return before !== undefined && version < oldestWithFingerprint ? before : now
}

async function outcome(target: Target): Promise<string> {
  try {
    const db = await connect(target)
    try {
      const { tls } = await probe(db)
      return tls === null ? 'plain' : 'encrypted'
    } finally {
      await db.close()
    }
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    expect(error.exitCode === 4 || error.code === 'BAD_CONFIG').toBe(true)
    return error.code
  }
}

const targetOf = ({ port }: TestServer, user: string, ssl: Target['ssl']): Target => ({
  host: 'localhost',
  port,
  socket: undefined,
  user,
  password,
  database: undefined,
  ssl,
})

const versionOf = ({ paths }: TestServer): Promise<number> =>
  withSession(paths, async (db) => Number.parseFloat((await probe(db)).version))

describe.skipIf(noOpenssl)('the tables in docs/connecting.md (need openssl)', { timeout: 240_000 }, () => {
  it('server × certificate × TLS mode', async () => {
    const { headings, rows } = tableAfter('### Certificates and modes')
    expect(headings.slice(2)).toEqual(sslModes)
    const [server, withoutTls] = [await testServer(), await testServer({ tls: false })]
    const version = await versionOf(server)
    for (const one of [server, withoutTls])
      await withSession(one.paths, (db) => db.execute(`CREATE USER 'ada'@'%' IDENTIFIED BY '${password}'`))
    const certificates: Readonly<Record<string, string>> = {
      'for this host': 'server',
      'for another host': 'elsewhere',
      expired: 'expired',
    }
    const authorities: Readonly<Record<string, string | undefined>> = {
      none: undefined,
      'its authority': server.file('ca.pem'),
      'another authority': server.file('other.pem'),
    }
    const happened: string[][] = []
    for (const [certificate = '', authority = ''] of rows) {
      const used = certificate === 'none: no TLS' ? withoutTls : server
      if (used === server) await server.useCertificate(certificates[certificate] ?? '')
      const cells = []
      for (const mode of sslModes)
        cells.push(await outcome(targetOf(used, 'ada', { mode, ca: authorities[authority] })))
      happened.push([certificate, authority, ...cells])
    }
    expect(happened).toEqual(rows.map((row) => row.map((cell) => expectedIn(cell, version))))
    expect(rows.map(([certificate]) => certificate)).toEqual(
      expect.arrayContaining([...Object.keys(certificates), 'none: no TLS']),
    )
  })

  it('account × TLS mode', async () => {
    const { headings, rows } = tableAfter('### Accounts and modes')
    const server = await testServer()
    const [ca, cert, key] = ['ca.pem', 'client.pem', 'client.key'].map(server.file)
    const ways: readonly Target['ssl'][] = [
      ...(['disabled', 'preferred', 'required'] satisfies SslMode[]).map((mode) => ({ mode })),
      { mode: 'verify-identity', ca },
      { mode: 'verify-identity', ca, cert, key },
    ]
    expect(headings.slice(1)).toEqual([
      ...ways.slice(0, -1).map(({ mode }) => mode),
      'verify-identity, --ssl-cert, --ssl-key',
    ])
    await withSession(server.paths, async (db) => {
      for (const [index, [clause = '']] of rows.entries())
        await db.execute(`CREATE USER 'account_${index}'@'%' IDENTIFIED BY '${password}' ${clause}`)
    })
    const happened: string[][] = []
    for (const [index, [clause = '']] of rows.entries()) {
      const cells = []
      for (const ssl of ways) cells.push(await outcome(targetOf(server, `account_${index}`, ssl)))
      happened.push([clause, ...cells])
    }
    expect(happened).toEqual(rows)
  })
})
