import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import type { QueryEvent } from '../../src/db/diagnostics.ts'
import type { HostConnections } from '../../src/db/host-figures.ts'
import { hostText } from '../../src/db/target.ts'
import type { Chart } from '../../src/stress/chart.ts'
import { compareHtmlOf, compareMarkdownOf } from '../../src/stress/compare-report.ts'
import { HostRecord } from '../../src/stress/host-record.ts'
import type { StressReport } from '../../src/stress/report.ts'
import { brokenNetwork } from '../db/proxy.ts'
import { freePort } from '../server/free-port.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

const database = testDatabase({ migrated: false })
const folder = temporaryFolder()
const environment = (host: string): Record<string, string> => ({
  DB_HOST: host,
  DB_USER: inject('osUser'),
  DB_NAME: database.name,
  DB_SSL_MODE: 'disabled',
})

/** Resolves when so many of these statements have ended. */
function statementsEnded(text: string, count: number): Promise<void> {
  let ended = 0
  return new Promise((resolve) => {
    const listen = (event: unknown): void => {
      if (!(event as QueryEvent).sql.includes(text)) return
      ended += 1
      if (ended === count) resolve()
    }
    subscribe('dbtool:query', listen)
    onTestFinished(() => void unsubscribe('dbtool:query', listen))
  })
}

function chartsOf(html: string): Chart[] {
  const [, json = '[]'] = /<script type="application\/json"[^>]*>([^]*?)<\/script>/.exec(html) ?? []
  return JSON.parse(json) as Chart[]
}

describe('several hosts', () => {
  it('pool stress goes on at the next host, with the figures of each, and marks the failover in its page', async () => {
    const [a, b] = [await brokenNetwork(database.target), await brokenNetwork(database.target)]
    const [first, second] = [hostText(a.target), hostText(b.target)]
    const fileOf = (kind: string): string => join(folder, `failover.${kind}`)
    const load = ['--sql', 'SELECT SLEEP(0.011)', '--workers', '4', '--pool-size', '4', '--max-overflow', '0']
    const files = ['html', 'json', 'csv'].flatMap((kind) => ['--out', `${kind}=${fileOf(kind)}`])
    const line = ['pool', 'stress', ...load, '--duration', '2s', ...files]
    const atWork = statementsEnded('SLEEP(0.011)', 40)
    const running = dbtool(line, { env: environment(`${first},${second}`) })
    await atWork
    a.swallow()
    a.cut()
    const outcome = await running
    expect(outcome.exitCode).toBe(0)
    const report = JSON.parse(readFileSync(fileOf('json'), 'utf8')) as StressReport
    const { hosts, failovers, ok, failed } = report.result
    expect(failovers).toEqual([
      { second: expect.any(Number), from: first, to: second, reason: `${first} does not answer` },
    ])
    expect(hosts.map(({ host }) => host)).toEqual([first, second])
    expect(hosts.map((host) => host.ok > 0)).toEqual([true, true])
    expect([ok, failed]).toEqual([hosts[0]!.ok + hosts[1]!.ok, hosts[0]!.failed + hosts[1]!.failed])
    expect(outcome.stderr).toContain(`the writer is now ${second}: ${first} does not answer`)
    const html = readFileSync(fileOf('html'), 'utf8')
    const ofTime = chartsOf(html).filter(({ x, title }) => x.name === 'time' && !title.includes('erver'))
    const mark = { at: failovers[0]!.second, text: `${first} → ${second}` }
    expect(ofTime.slice(0, 4).map(({ marks }) => marks)).toMatchObject(Array(4).fill([mark]))
    expect(html).toContain('<caption>Failovers</caption>')

    const [head, ...rows] = readFileSync(fileOf('csv'), 'utf8').trimEnd().split('\n')
    expect(head).toMatch(/,waiting,failover$/)
    const moves = rows.map((row) => row.split(',').at(-1))
    expect(moves.filter((move) => move !== '')).toEqual([mark.text])
    const at = moves.indexOf(mark.text)
    expect(Number.parseFloat(rows[at]!)).toBeGreaterThanOrEqual(mark.at)

    const other = { ...report, result: { ...report.result, mode: 'driver' as const, failovers: [] } }
    const pools = { runs: [report, other], about: report.about }
    expect(chartsOf(compareHtmlOf(pools))[0]?.marks).toEqual([{ ...mark, from: mark.at, to: mark.at, text: 'fair' }])
    const row = ['fair', String(mark.at), first, second, `${first} does not answer`]
    expect(compareHtmlOf(pools)).toContain('<caption>Failovers</caption>')
    for (const cell of row) expect(compareMarkdownOf(pools)).toContain(cell)
  })

  it('pool status shows the connections of each host, and the problem of one that does not answer', async () => {
    const a = await brokenNetwork(database.target)
    const [dead, alive] = [`127.0.0.1:${await freePort()}`, hostText(a.target)]
    const { json, exitCode } = await dbtool('pool status --json', { env: environment(`${dead},${alive}`) })
    expect(exitCode).toBe(0)
    expect(json<{ hosts: HostConnections[] }>().hosts).toMatchObject([
      { host: dead, in_use: false, threads_connected: null, problem: expect.stringContaining('ECONNREFUSED') },
      { host: alive, in_use: true, threads_connected: expect.any(Number), problem: null },
    ])
  })
})

describe('the hosts of several threads', () => {
  it('are added up; a failover of all of them is one, and a second one to the same host is another', () => {
    const move = (second: number, from: string, to: string) => ({ second, from, to, reason: 'gone' })
    const { hosts, failovers } = HostRecord.of([
      {
        hosts: [
          { host: 'a', ok: 1, failed: 2 },
          { host: 'b', ok: 10, failed: 0 },
        ],
        failovers: [move(1.2, 'a', 'b'), move(3, 'b', 'a'), move(5, 'a', 'b')],
      },
      { hosts: [{ host: 'b', ok: 5, failed: 1 }], failovers: [move(1.1, 'a', 'b')] },
    ]).data()
    expect(hosts).toEqual([
      { host: 'a', ok: 1, failed: 2 },
      { host: 'b', ok: 15, failed: 1 },
    ])
    expect(failovers).toEqual([move(1.1, 'a', 'b'), move(3, 'b', 'a'), move(5, 'a', 'b')])
  })
})
