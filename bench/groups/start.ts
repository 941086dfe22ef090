import { createRequire } from 'node:module'
import { dbtoolBinary, runChild } from '../child.ts'
import type { Bench } from '../bench.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { fillShop, makeDatabase } from '../shop.ts'

/** The database that commands find by themselves on a private server. */
const database = 'dbtool'

/** Whole processes, from their start to their end. */
export async function start(bench: Bench): Promise<void> {
  const { server, size, signal, results } = bench
  await makeDatabase(server, database)
  await server.connection(database, (connection) => fillShop(connection, { users: 10, products: 10 }))
  const contestant = (who: string, ours: boolean, args: readonly string[]): Contestant => ({
    who,
    ours,
    async run() {
      const { exitCode, seconds, stderr } = await runChild(process.execPath, args, {
        signal,
        cwd: server.home,
        env: { DBTOOL_HOME: server.home },
      })
      if (exitCode !== 0) throw new Error(`it ended with ${exitCode ?? 'a signal'}: ${stderr.trim()}`)
      return { value: seconds * 1_000 }
    },
  })
  const commands = ['--help', '--version', 'users list --json'].map((line) =>
    contestant(line, true, [dbtoolBinary, ...line.split(' ')]),
  )
  const peers = [
    contestant('node -e 0', false, ['-e', '0']),
    contestant('the connector alone', false, ['-e', connectorAlone(server.socket)]),
  ]
  await alternate(
    { group: 'start', work: 'start', unit: 'ms', rounds: size.starts, contestants: [...peers, ...commands] },
    results,
  )
}

/** The least that a program with the connector does for a list: connect, ask, print, end. */
function connectorAlone(socketPath: string): string {
  const connector = createRequire(import.meta.url).resolve('mariadb')
  return `require(${JSON.stringify(connector)})
    .createConnection({ socketPath: ${JSON.stringify(socketPath)}, user: require('os').userInfo().username, database: '${database}' })
    .then(async (connection) => {
      process.stdout.write(JSON.stringify(await connection.query('SELECT * FROM users ORDER BY created_at DESC LIMIT 50')))
      await connection.end()
    })`
}
