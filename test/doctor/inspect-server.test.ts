import { describe, expect, it } from 'vitest'
import type { Inspection } from '../../src/config/config.ts'
import { DatabaseError } from '../../src/db/failures.ts'
import { defaultLimits } from '../../src/db/target.ts'
import { inspectServer } from '../../src/doctor/gather/inspect-server.ts'
import { DbtoolError, type ErrorCode } from '../../src/errors.ts'
import { sound } from './sound-facts.ts'

const { target, pool } = sound.destination
const config = { target, pool, limits: defaultLimits, isProtected: false, currency: undefined, entries: [] }

/** The facts when each login fails with the next of these errors. */
function inspectFailing(...errors: Error[]): ReturnType<typeof inspectServer> {
  const connect = (): Promise<never> => Promise.reject(errors.shift() ?? new Error('an unexpected further login'))
  const input = {
    inspection: {} as Inspection,
    env: { DBTOOL_HOME: '/nowhere' },
    signal: new AbortController().signal,
    now: () => new Date(),
    connect,
  }
  return inspectServer(input, config)
}

const error = (code: ErrorCode, errno?: number): DbtoolError =>
  new DatabaseError(code, 'it was refused', { hint: 'try this', errno })
const failure = (code: ErrorCode, errno?: number): object => ({
  code,
  errno,
  message: 'it was refused',
  hint: 'try this',
})

describe('a failed login', () => {
  it.each([
    ['ACCESS_DENIED', 1045, { login: { known: { failure: failure('ACCESS_DENIED', 1045), accounts: undefined } } }],
    ['UNREACHABLE', 1040, { login: { known: { failure: failure('UNREACHABLE', 1040), accounts: undefined } } }],
    ['TLS_FAILED', 45023, { encryption: { known: { cipher: null, failure: failure('TLS_FAILED', 45023) } } }],
    ['BAD_CONFIG', undefined, { encryption: { known: { cipher: null, failure: failure('BAD_CONFIG') } } }],
    ['NOT_MARIADB', 1193, { login: { known: {} }, product: { known: { failure: failure('NOT_MARIADB', 1193) } } }],
  ] as const)('because of %s (%s) is reported by the check that it concerns', async (code, errno, facts) => {
    expect(await inspectFailing(error(code, errno))).toEqual(facts)
  })

  it.each([
    ['UNKNOWN_DATABASE', 1049],
    ['ACCESS_DENIED', 1044],
  ] as const)('to the database (%s) is repeated without a database, which may fail too', async (code, errno) => {
    const found = await inspectFailing(error(code, errno), error('UNREACHABLE', 1040))
    expect(found).toMatchObject({
      database: { known: { name: 'shop', failure: failure(code, errno) } },
      login: { known: { failure: failure('UNREACHABLE', 1040) } },
    })
  })

  it('because of a bug in dbtool is not a finding', async () => {
    await expect(inspectFailing(new TypeError('x is not a function'))).rejects.toThrow('x is not a function')
  })
})
