import { describe, expect, it } from 'vitest'
import { sslModes } from '../../src/db/target.ts'
import { createPool, DbtoolError, type CreatePoolOptions } from '../../src/index.ts'

function faultsOf(given: unknown): readonly string[] {
  try {
    createPool(given as CreatePoolOptions)
  } catch (error) {
    if (error instanceof DbtoolError && error.code === 'BAD_CONFIG') return error.faults
    throw error
  }
  return []
}

describe('createPool', () => {
  it('has all faults in its message, and in the stack that Node prints', () => {
    const create = () => createPool({ maxOverflow: -1, size: 0 })
    const message =
      'the options of createPool: 2 faults: maxOverflow must be a whole number from 0 to 10000, not -1; ' +
      'size must be a whole number from 1 to 10000, not 0'
    expect(create).toThrow(expect.objectContaining({ code: 'BAD_CONFIG', message }))
    expect(create).toThrow(expect.objectContaining({ stack: expect.stringMatching(`^DbtoolError: ${message}\n`) }))
  })

  it.each<[unknown, string]>([
    [{ url: undefined }, 'url is undefined: set it, or omit it'],
    ['', 'the URL is empty'],
    [
      'postgres://ada@db/shop',
      'the URL of the pool must be a URL such as mariadb://user@host:port/database: it must start with mariadb://',
    ],
    [undefined, 'createPool needs a URL or an object of options, not undefined'],
    [
      new URL('mariadb://ada@db/shop'),
      'createPool needs a URL or an object of options, not a URL object: use its href',
    ],
    [{ url: new URL('mariadb://ada@db/shop') }, 'url must be text, not a URL object: use its href'],
    [Promise.resolve({}), 'createPool needs a URL or an object of options, not a promise: await it'],
    [new Map([['host', 'db']]), 'createPool needs a URL or an object of options, not an object'],
    [42, 'createPool needs a URL or an object of options, not 42'],
    [{ poolSize: 5 }, "there is no option 'poolSize'; here it is size and maxOverflow"],
    [{ connectionLimit: 5 }, "there is no option 'connectionLimit'; here it is size and maxOverflow"],
    [{ acquireTimeout: 5 }, "there is no option 'acquireTimeout'; here it is timeoutMs"],
    [{ constructor: 5 }, "there is no option 'constructor'"],
    [{ maxOverflw: 5 }, "there is no option 'maxOverflw'; did you mean maxOverflow?"],
    [{ size: 0 }, 'size must be a whole number from 1 to 10000, not 0'],
    [{ size: 2.5 }, 'size must be a whole number from 1 to 10000, not 2.5'],
    [{ size: '5' }, 'size must be a whole number from 1 to 10000, not a text'],
    [{ maxOverflow: -1 }, 'maxOverflow must be a whole number from 0 to 10000, not -1'],
    [{ timeoutMs: 0 }, 'timeoutMs must be a number of milliseconds from 1 to 2147483647, not 0'],
    [{ timeoutMs: NaN }, 'timeoutMs must be a number of milliseconds from 1 to 2147483647, not NaN'],
    [{ timeoutMs: Infinity }, 'timeoutMs must be a number of milliseconds from 1 to 2147483647, not Infinity'],
    [{ recycleMs: -1 }, 'recycleMs must be a number of milliseconds from 0 to 2147483647, not -1'],
    [{ port: 70_000 }, 'port must be a whole number from 1 to 65535, not 70000'],
    [{ host: '' }, 'host must not be empty'],
    [{ password: 7 }, 'password must be text or a function, not 7'],
    [{ sslMode: 'verify_identity' }, `sslMode must be one of ${sslModes.join(', ')}; did you mean verify-identity?`],
    [{ tlsVersions: ['TLSv1.1'] }, 'tlsVersions must be a list of TLSv1.2 and TLSv1.3'],
    [{ tls: { certificate: '' } }, "tls has no part 'certificate'"],
    [{ tls: { ca: 7 } }, 'tls.ca must be text or a Buffer in PEM format'],
    [{ tls: { ca: 'x' }, sslCa: '/ca.pem' }, 'sslCa and tls.ca exclude each other'],
    [{ sessionVariables: { sql_mode: 'ANSI' } }, 'sessionVariables cannot set sql_mode: connections are strict'],
    [{ sessionVariables: { autocommit: 0 } }, 'sessionVariables cannot set autocommit: the pool depends on it'],
    [
      { sessionVariables: { group_concat_max_len: 4_096 } },
      'sessionVariables.group_concat_max_len must be at least 1048576, because dbtool reads lists of that length',
    ],
    [
      { sessionVariables: { max_statement_time: 1 } },
      'sessionVariables cannot set max_statement_time: use statementTimeoutMs',
    ],
    [{ sessionVariables: { 'a = 1, b': 1 } }, "sessionVariables has 'a = 1, b', which is no name of a variable"],
    [
      { sessionVariables: { lc_time_names: "x'" } },
      'sessionVariables.lc_time_names must be a number, or text without quotes and backslashes',
    ],
  ])('%j is a fault', (given, fault) => {
    expect(faultsOf(given)).toEqual([fault])
  })

  it('reports all faults together', () => {
    expect(faultsOf({ url: 'nonsense', size: 0, timeoutMs: 0, sise: 3 })).toHaveLength(4)
    expect(() => createPool({ size: 0, timeoutMs: 0 })).toThrow('the options of createPool: 2 faults')
  })

  it.each<[string, string | CreatePoolOptions]>([
    ['a URL', 'mariadb://ada:secret@localhost:3307/shop'],
    ['no options at all', {}],
    ['options of the environment that are not set', { host: undefined, port: undefined, password: undefined }],
    ['zero where it means no limit', { recycleMs: 0, connectTimeoutMs: 0, statementTimeoutMs: 0, lockWaitMs: 0 }],
    ['no ping at all', { pingAfterIdleMs: Infinity }],
    ['session variables', { sessionVariables: { group_concat_max_len: 2_000_000, lc_time_names: 'de_DE' } }],
  ])('accepts %s', (_what, given) => {
    expect(faultsOf(given)).toEqual([])
  })

  it('never shows a password', () => {
    for (const given of [{ password: ['hunter2'] }, 'mariadb://ada:hunter2@', { url: 'mariadb://ada:hunter2@host:x/' }])
      expect(JSON.stringify(faultsOf(given))).not.toContain('hunter2')
  })
})
