import { describe, expect, it, onTestFinished } from 'vitest'
import { openConnection } from '../../../src/db/connection/open-connection.ts'
import { defaultLimits, type Target } from '../../../src/db/target.ts'
import { withSession } from '../../../src/server/session.ts'
import { noOpenssl } from '../../support/certificates.ts'
import { testServer } from '../../support/tls-server.ts'

describe.skipIf(noOpenssl)('an opening that is given up, over TLS (needs openssl)', { timeout: 120_000 }, () => {
  it('rejects with the reason at every step, and nothing else fails', async () => {
    const { port, paths } = await testServer()
    await withSession(paths, (db) => db.execute("CREATE USER 'ada'@'%'"))
    const target: Target = {
      host: '127.0.0.1',
      port,
      socket: undefined,
      user: 'ada',
      password: '',
      database: undefined,
      ssl: { mode: 'required', ca: undefined },
    }
    const reason = new Error('the pool is closed')
    const open = async (signal?: AbortSignal): Promise<unknown> => {
      const options = signal === undefined ? {} : { signal }
      return openConnection(target, defaultLimits, options).then(
        ({ connection }) => connection.close(),
        (error: unknown) => error,
      )
    }
    // An error of a socket that has no listener ends the process.
    const uncaught: unknown[] = []
    const onUncaught = (error: Error): void => void uncaught.push(error)
    process.prependListener('uncaughtException', onUncaught)
    onTestFinished(() => void process.off('uncaughtException', onUncaught))

    await open()
    const started = performance.now()
    await open()
    const usualMs = performance.now() - started
    const outcomes: unknown[] = []
    for (let step = 0; step < 40; step++) {
      const aborting = new AbortController()
      setTimeout(() => aborting.abort(reason), (usualMs * step) / 40)
      outcomes.push(await open(aborting.signal))
    }
    expect(outcomes).toContain(reason)
    expect(outcomes.filter((outcome) => outcome !== undefined && outcome !== reason)).toEqual([])
    expect(uncaught).toEqual([])
  })
})
