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
      const { exitCode, seconds, stderr } = await runChild(process.execPath, args, { signal, cwd: server.home, env: { DBTOOL_HOME: server.home } })
      if (exitCode !== 0) throw new Error(`it ended with ${exitCode ?? 'a signal'}: ${stderr.trim()}`)
      return { value: seconds * 1_000 }
    },
  })
  const commands = ['--help', '--version', 'users list --json'].map((line) => contestant(line, true, [dbtoolBinary, ...line.split(' ')]))
  await alternate({ group: 'start', work: 'start', unit: 'ms', rounds: size.starts, contestants: [contestant('node -e 0', false, ['-e', '0']), ...commands] }, results)
}
