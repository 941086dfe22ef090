import { createServer } from 'node:net'
import { describe, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { defaultLimits, type Target } from '../../../src/db/target.ts'
import { freePort } from '../../server/free-port.ts'
import { testDatabase } from '../../support/database.ts'
import { expectFailure, password } from '../expect-failure.ts'
import { brokenNetwork, listening } from '../proxy.ts'

const database = testDatabase({ migrated: false })
const over = (host: string, port: number, mode: Target['ssl']['mode'] = 'disabled'): Target => ({
  ...database.target,
  password,
  socket: undefined,
  host,
  port,
  ssl: { mode },
})

describe('connecting over a network', () => {
  it.each(['localhost', '127.0.0.1', '::1'])('to a port of %s where nobody listens', async (host) => {
    const port = await freePort()
    await expectFailure(connect(over(host, port)), {
      code: 'UNREACHABLE',
      exitCode: 4,
      message: /^cannot reach MariaDB at (localhost|127\.0\.0\.1|\[::1\]):\d+ \((ECONNREFUSED|EADDRNOTAVAIL)\)$/,
      hint: /--host and --port.*dbtool server start/,
    })
  })

  it.each(['disabled', 'preferred'] as const)(
    'to a server that accepts and says nothing, with TLS %s',
    async (mode) => {
      const port = await listening(createServer())
      const attempt = connect(over('127.0.0.1', port, mode), { ...defaultLimits, connectTimeoutMs: 150 })
      await expectFailure(attempt, {
        code: 'UNREACHABLE',
        exitCode: 4,
        message: `no answer from 127.0.0.1:${port} before the connect time-out`,
        hint: '--host and --port',
      })
    },
  )

  it('to something that hangs up at once', async () => {
    const port = await listening(createServer((line) => line.destroy()))
    await expectFailure(connect(over('127.0.0.1', port)), {
      code: 'CONNECTION_LOST',
      exitCode: 4,
      message: `the connection to 127.0.0.1:${port} was lost`,
      hint: 'try again',
    })
  })

  it('to a server that is lost while the session is set up', async () => {
    const network = await brokenNetwork(database.target)
    network.cutAt('READ-COMMITTED', 'after')
    await expectFailure(connect(network.target), {
      code: 'CONNECTION_LOST',
      exitCode: 4,
      message: /^the connection to 127\.0\.0\.1:\d+ was lost$/,
      hint: 'try again',
    })
  })

  it('to a server without TLS: preferred goes on without, required does not', async () => {
    const network = await brokenNetwork(database.target)
    const mode = (name: Target['ssl']['mode']): Target => ({ ...network.target, ssl: { mode: name } })
    for (const name of ['disabled', 'preferred'] as const) await (await connect(mode(name))).close()
    for (const name of ['required', 'verify-ca', 'verify-identity'] as const) {
      await expectFailure(connect(mode(name)), {
        code: 'TLS_FAILED',
        exitCode: 4,
        message: /^no encrypted connection to 127\.0\.0\.1:\d+: /,
        hint: '--ssl-mode',
      })
    }
  })
})
