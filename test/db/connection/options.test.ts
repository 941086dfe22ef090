import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { barePlace, connectorOptions, mysql2Options, willEncrypt } from '../../../src/db/connection/options.ts'
import { defaultLimits, sslModes, type SslMode, type Target } from '../../../src/db/target.ts'

const onePlace = 'src/db/connection/options.ts'
/** With the types of the connector's options. */
const itsHelpers = ['src/db/connection/driver.ts', onePlace, 'src/db/connection/tls.ts']

/** The functions of that place, whose results may be passed to a driver. */
const makers = ['connectorOptions', 'connectorPoolOptions', 'barePlace', 'mysql2Options']
/** They put those options on a socket, or say how large a pool is. */
const wrappers = ['onSocket']
const poolSizes = ['connectionLimit', 'maxIdle', 'minimumIdle', 'acquireTimeout']
const openers = ['createConnection', 'createPool', 'createPoolCluster', 'importFile']

/** Each call that opens a connection of a driver with options from elsewhere. */
function strays(file: string, source: string): string[] {
  const found: string[] = []
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const walk = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && openers.includes(nameOf(node.expression)) && !isMade(node.arguments[0]))
      found.push(`${file}: ${node.getText().split('\n')[0] ?? ''}`)
    node.forEachChild(walk)
  }
  walk(tree)
  return found
}

const nameOf = (callee: ts.Expression): string =>
  ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText()

function isMade(options: ts.Expression | undefined): boolean {
  if (options === undefined) return false
  if (ts.isCallExpression(options)) {
    const name = nameOf(options.expression)
    return makers.includes(name) || (wrappers.includes(name) && isMade(options.arguments[0]))
  }
  return (
    ts.isObjectLiteralExpression(options) &&
    options.properties.every((property) =>
      ts.isSpreadAssignment(property) ? isMade(property.expression) : poolSizes.includes(property.name.getText()),
    )
  )
}

const sources = ['bin', 'commands', 'src'].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(top, name)),
)

describe('one place turns a target into the options of a driver', () => {
  it('and every connection and pool of a driver gets them from there', () => {
    expect(sources.flatMap((file) => strays(file, readFileSync(file, 'utf8')))).toEqual([])
    const opening = sources.filter((file) =>
      openers.some((opener) => readFileSync(file, 'utf8').includes(`${opener}(`)),
    )
    expect(opening).toEqual(expect.arrayContaining(['src/db/benched-drivers.ts', 'src/db/pool/driver-pool.ts']))
  })

  it.each([
    'driver().createConnection({ host, user })',
    'createConnection({ ...connectorOptions(target, limits, true), ssl: false })',
    'mysql2.createPool(settings)',
    'createConnection(onSocket({ host }, socket))',
  ])('the test finds %s', (call) => {
    expect(strays('elsewhere.ts', call)).toHaveLength(1)
  })

  it('and no other file names what decides over a password', () => {
    const decisive =
      /restrictedAuth|rejectUnauthorized|permitRedirect|authPlugins|checkServerIdentity|enableCleartextPlugin/
    expect(sources.filter((file) => decisive.test(readFileSync(file, 'utf8'))).sort()).toEqual(itsHelpers)
  })
})

describe('the decision', () => {
  const target = (mode: SslMode, socket?: string): Target => ({
    host: 'localhost',
    port: 3306,
    socket,
    user: 'ada',
    password: 'x',
    database: undefined,
    ssl: { mode },
  })

  it('to encrypt is up to the server under preferred, and never over a socket', () => {
    const decided = sslModes.map((mode) => [
      mode,
      willEncrypt(target(mode), true),
      willEncrypt(target(mode), false),
      willEncrypt(target(mode, '/s'), true),
    ])
    expect(decided).toEqual([
      ['disabled', false, false, false],
      ['preferred', true, false, false],
      ...['required', 'verify-fingerprint', 'verify-ca', 'verify-identity'].map((mode) => [mode, true, true, true]),
    ])
  })

  it.each(sslModes)('is the same for each driver and its pool: %s', (mode) => {
    const encrypted = willEncrypt(target(mode), true)
    const [bare, whole] = [barePlace(target(mode), encrypted), connectorOptions(target(mode), defaultLimits, encrypted)]
    expect([whole.ssl === false, whole.restrictedAuth, whole.permitRedirect]).toEqual([
      bare.ssl === false,
      bare.restrictedAuth,
      false,
    ])
    if (mode === 'verify-fingerprint') return
    const { ssl, authPlugins, enableCleartextPlugin } = mysql2Options(target(mode), encrypted)
    expect([ssl === undefined, authPlugins === undefined, enableCleartextPlugin]).toEqual([
      bare.ssl === false,
      bare.restrictedAuth === undefined,
      bare.restrictedAuth === undefined,
    ])
  })
})
