import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Chance, seedOf } from '../faults/support/chance.ts'
import { dbtool } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'
import { galera, type GaleraNode, noGalera } from '../support/galera.ts'
import { behindHaproxy, hosts, type OpenClient, plainTables, poolCluster } from './support/clients.ts'
import { type Fault, faults, mendAll, type Nodes } from './support/faults.ts'
import { createCheckAccount, noHaproxy } from './support/haproxy.ts'
import { roundLine, tableOf, type Outcome } from './support/table.ts'
import { auditRound, plentiful, runRound, scarce } from './support/trial.ts'

const rounds = Number(process.env['DBTOOL_CLUSTER_ROUNDS'] ?? 0)
const only = process.env['DBTOOL_CLUSTER_FAULT'] ?? ''
const withPeers = process.env['DBTOOL_CLUSTER_PEERS'] !== undefined
const seed = seedOf(process.env)
const why = noGalera ?? (rounds === 0 ? 'skipped: npm run torture -- --cluster' : `${rounds} rounds, seed ${seed}`)

const dbtoolHosts = "dbtool's hosts"
const clients: Readonly<Record<string, OpenClient>> = {
  [dbtoolHosts]: hosts,
  ...(withPeers && noHaproxy === undefined ? { 'dbtool behind HAProxy': behindHaproxy } : {}),
  ...(withPeers ? { "the connector's PoolCluster": poolCluster } : {}),
}
/** Other clients meet only the faults that a user would compare. */
const compared = ['kill -9', 'graceful stop', 'frozen (SIGSTOP)', 'cut off (partition)']
const hour = 3_600_000

describe.skipIf(noGalera !== undefined || rounds === 0)(`orders while a cluster fails (${why})`, () => {
  const cluster = galera()
  const folder = temporaryFolder()
  const chance = new Chance(seed)
  const outcomes: Outcome[] = []
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  beforeAll(cluster.start, 90_000)
  afterAll(() => say(tableOf(outcomes, { seed, skipped: withPeers ? noHaproxy : undefined })))

  /** An empty shop. */
  async function openShop(first: GaleraNode): Promise<void> {
    await first.asOwner(async (owner) => {
      await owner.execute('DROP DATABASE IF EXISTS shop')
      await owner.execute('CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
    })
    expect(await dbtool('db migrate', { env: first.env })).toMatchObject({ exitCode: 0 })
    await first.asOwner(async (owner) => {
      await owner.execute('USE shop')
      await owner.execute(
        "INSERT INTO users (id, username, email, password_hash) VALUES (1, 'ada', 'a@b.example', '!')",
      )
      for (const id of [...scarce, ...plentiful])
        await owner.execute("INSERT INTO products (id, sku, name, price) VALUES (?, CONCAT('P', ?), 'P', 2)", [id, id])
      for (const statement of plainTables) await owner.execute(statement)
    })
  }

  async function restock(first: GaleraNode): Promise<void> {
    await first.asOwner(async (owner) => {
      const units = `IF(id > ${scarce.length}, 100000, 60)`
      const sql = `UPDATE shop.products SET stock = stock + ${units}, stock_received = stock_received + ${units}`
      await owner.execute(sql)
    })
  }

  async function meets(kind: string, fault: Fault, client: string): Promise<string[]> {
    const nodes = chance.shuffled(cluster.nodes) as unknown as Nodes
    const name = `${outcomes.length}`
    await restock(nodes[0])
    await fault.prepare?.(nodes)
    const open = await clients[client]!(nodes, folder)
    const answers = await runRound(open, { name, chance, nodes, fault })
    await open.close()
    await mendAll(fault, nodes)
    const wrong = client === "the connector's PoolCluster" ? [] : await auditRound(answers, nodes)
    const outcome = { kind, client, answers, wrong, moves: open.moves }
    outcomes.push(outcome)
    say(roundLine(outcome))
    return wrong
  }

  it('what users were told agrees with the tables of all nodes', { timeout: hour * rounds }, async () => {
    say(`torture of a cluster: seed ${seed}`)
    const wrong: string[] = []
    for (let round = 1; round <= rounds; round += 1) {
      await openShop(cluster.nodes[0]!)
      await createCheckAccount(cluster.nodes[0]!)
      for (const kind of chance.shuffled(Object.keys(faults).filter((name) => name.includes(only))))
        for (const client of chance.shuffled(Object.keys(clients)))
          if (client === dbtoolHosts || compared.includes(kind))
            wrong.push(...(await meets(kind, faults[kind]!, client)))
      for (const { env } of cluster.nodes) {
        const { exitCode, stdout } = await dbtool('db check --json', { env })
        if (exitCode !== 0) wrong.push(`db check after round ${round}: ${stdout}`)
      }
    }
    expect(wrong).toEqual([])
    const ours = outcomes.filter(({ client }) => client === dbtoolHosts)
    expect(ours.flatMap(({ answers: { errors } }) => [...errors])).toEqual([])
  })
})
