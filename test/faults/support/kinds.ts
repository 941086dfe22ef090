import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPid } from '../../../src/server/process.ts'
import { withSession } from '../../../src/server/session.ts'
import { startServer } from '../../../src/server/start.ts'
import { isNodeError } from '../../../src/errors.ts'
import { killServer } from '../../server/temporary-home.ts'
import { ended, importing, writeOrderFile } from './children.ts'
import { administer, clientThreads, type World } from './world.ts'

/** Breaks something under load, and mends it again. To have another kind of fault, add it to the table. */
export type Fault = (world: World, folder: string) => Promise<void>

const times = async (count: number, work: () => Promise<unknown>): Promise<void> => {
  for (let round = 0; round < count; round += 1) await work()
}

/** What it names may have ended by itself. */
const kill = (world: World, what: 'CONNECTION' | 'QUERY', thread: number): Promise<void> =>
  administer(world, [`KILL ${what} ${thread}`]).catch(() => undefined)

async function killSome(world: World, what: 'CONNECTION' | 'QUERY', count: number): Promise<void> {
  const threads = await clientThreads(world)
  for (const thread of world.chance.shuffled(threads).slice(0, count)) await kill(world, what, thread)
}

export const kinds: Readonly<Record<string, Fault>> = {
  'mariadbd killed with -9, and started again': async ({ paths, port }) => {
    await killServer(paths)
    await startServer(paths, { port })
  },
  'mariadbd stopped for a while (SIGSTOP)': async ({ paths, chance }) => {
    const pid = await readPid(paths)
    if (pid === undefined) throw new Error('there is no server to stop')
    process.kill(pid, 'SIGSTOP')
    await sleep(chance.between(500, 4_500))
    process.kill(pid, 'SIGCONT')
  },
  'KILL CONNECTION': (world) => times(3, () => killSome(world, 'CONNECTION', 3)),
  'KILL QUERY': (world) =>
    withSession(world.paths, async (connection) => {
      const threads = await clientThreads(world)
      for (let shot = 0; shot < 300; shot += 1)
        await connection.execute(`KILL QUERY ${world.chance.pick(threads)}`).catch(() => undefined)
    }),
  read_only: async (world) => {
    await administer(world, ['SET GLOBAL read_only = 1'])
    await sleep(world.chance.between(100, 800))
    await administer(world, ['SET GLOBAL read_only = 0'])
  },
  'connections exhausted (max_connections)': (world) =>
    withSession(world.paths, async (connection) => {
      // Ten is the least that the server takes; whoever is connected stays.
      const threads = await clientThreads(world)
      await connection.execute('SET GLOBAL max_connections = 10')
      for (const thread of threads) await connection.execute(`KILL ${thread}`).catch(() => undefined)
      await sleep(world.chance.between(300, 1_000))
      await connection.execute('SET GLOBAL max_connections = 200')
    }),
  'lock wait': (world) =>
    withSession(world.paths, async (connection) => {
      await connection.execute('START TRANSACTION')
      await connection.rows('SELECT id FROM dbtool.products FORCE INDEX (PRIMARY) ORDER BY id FOR UPDATE')
      await sleep(world.chance.between(1_200, 2_200))
      await connection.execute('ROLLBACK')
    }),
  deadlock: (world) =>
    times(5, () =>
      withSession(world.paths, async (connection) => {
        await connection.execute('START TRANSACTION')
        // Against the sequence in which every order locks; a transaction that has changed much is not chosen as the
        // victim.
        await connection.execute('UPDATE dbtool.products SET description = UUID() WHERE id = ?', [
          Math.max(...world.productIds),
        ])
        await connection.execute(
          `INSERT INTO dbtool.logs (os_user, command, entity, entity_id, message)
            SELECT 'x', 'x', 'shop', 0, 'weight'
            FROM seq_1_to_100`,
        )
        await sleep(20)
        for (const id of [...world.productIds].reverse())
          await connection.execute('UPDATE dbtool.products SET description = UUID() WHERE id = ?', [id])
        await connection.execute('ROLLBACK')
      }).catch(() => undefined),
    ),
  'disk full': async ({ disk, chance, paths, port }) => {
    if ('skipped' in disk) return
    fillUp(disk.full)
    await sleep(chance.between(300, 1_500))
    rmSync(disk.full)
    // It may have given up, or be about to: then it still answers, and has hung up a moment later.
    await startServer(paths, { port }).catch(() => startServer(paths, { port }))
  },
  'client killed with -9': async (world, folder) => {
    const child = importing(world, writeOrderFile(world, folder))
    const end = ended(child)
    await sleep(world.chance.between(400, 1_600))
    child.kill('SIGKILL')
    await end
  },
  'two processes import the same file at once': async (world, folder) => {
    const file = writeOrderFile(world, folder)
    await Promise.all([ended(importing(world, file)), ended(importing(world, file))])
  },
}

function fillUp(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const block = Buffer.alloc(64 * 1024); ;) writeSync(file, block)
  } catch (error) {
    if (!isNodeError(error) || error.code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}
