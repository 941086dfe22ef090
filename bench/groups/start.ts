import { createRequire } from 'node:module'
import { dbtoolBinary, runChild } from '../child.ts'
import type { Bench } from '../bench.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { fillShop, makeDatabase } from '../shop.ts'

/** The default database of a private server. */
const database = 'dbtool'

/** The time of whole processes, from start to end. */
export async function start(bench: Bench): Promise<void> {
  const { server, size, signal, results } = bench
  await makeDatabase(server, database)
  await server.connection(database, (connection) => fillShop(connection, { users: 10, products: 10 }))
  const contestant = (who: string, underTest: boolean, args: readonly string[]): Contestant => ({
    who,
    underTest,
    async run() {
      const { exitCode, seconds, stderr } = await runChild(process.execPath, args, {
        signal,
        cwd: server.home,
        env: { DBTOOL_HOME: server.home },
      })
      if (exitCode !== 0) throw new Error(`exited with ${exitCode ?? 'a signal'}: ${stderr.trim()}`)
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

/** The shortest program that prints a list with the connector: connect, query, print, end. */
function connectorAlone(socketPath: string): string {
  const connector = createRequire(import.meta.url).resolve('mariadb')
  return `require(${JSON.stringify(connector)})
    .createConnection({
      socketPath: ${JSON.stringify(socketPath)}, user: require('os').userInfo().username, database: '${database}'
    })
    .then(async (connection) => {
      const rows = await connection.query('SELECT * FROM users ORDER BY created_at DESC LIMIT 50')
      process.stdout.write(JSON.stringify(rows))
      await connection.end()
    })`
}
