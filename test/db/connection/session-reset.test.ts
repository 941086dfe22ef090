import { expect, it } from 'vitest'
import type { DriverConnection } from '../../../src/db/connection/driver.ts'
import { SessionReset } from '../../../src/db/connection/session-reset.ts'
import type { Target } from '../../../src/db/target.ts'

const target = { database: 'shop' } as Target

/** A session whose caller has said SET SESSION wsrep_on = OFF. `isNode`: its server is a node. */
function session({ isNode }: { isNode: boolean }) {
  const calls: string[] = []
  let wsrepOn = 'OFF'
  const raw: Partial<DriverConnection> = {
    reset: () => {
      calls.push('reset')
      if (isNode) wsrepOn = 'ON'
      return Promise.resolve()
    },
    query: (sql: unknown) => {
      calls.push(String(sql))
      return Promise.resolve([{ Value: wsrepOn }]) as never
    },
  }
  const setUp = (): Promise<unknown> => Promise.resolve(calls.push('set up'))
  const reset = new SessionReset({ raw: raw as DriverConnection, setUp, target }, (_ms, work) => work)
  return { reset, calls }
}

const question = "SHOW VARIABLES LIKE 'wsrep_on'"

// Before the reset, a variable of the caller could hide the node.
it('a server is asked whether it is a node after the reset of the session, and only once', async () => {
  const { reset, calls } = session({ isNode: false })
  await reset.run()
  expect(calls).toEqual(['reset', 'set up', question])
  await reset.run()
  expect(calls.slice(3)).toEqual(['reset', 'set up'])
})

it('the session of a node cannot be restored, whatever its caller has set', async () => {
  const { reset } = session({ isNode: true })
  await expect(reset.run()).rejects.toThrow('the session of a node cannot be restored')
})
