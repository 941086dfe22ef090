import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { withSession } from '../../src/server/session.ts'
import { binary } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { serverWith } from '../support/server-with.ts'

const seconds = 1
const server = serverWith(
  ...['wait', 'idle-transaction', 'idle-readonly-transaction', 'net-write', 'net-read'].map(
    (name) => `--${name}-timeout=${seconds}`,
  ),
)

/** Statements that have waited for longer than every time-out to send more rows. */
const held = (): Promise<number> =>
  withSession(server.paths, async (db) => {
    const sql = `SELECT ID FROM information_schema.PROCESSLIST
      WHERE DB = 'dbtool' AND STATE LIKE 'Writing to net%' AND TIME >= ${2 + seconds}`
    return (await db.rows(sql)).length
  })

interface Export {
  readonly text: () => string
  readonly errors: () => string
  readonly read: () => void
  readonly exitCode: Promise<number>
}

/** An export whose reader takes nothing before `read` is called. */
function exporting(noun: string): Export {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [binary, noun, 'export'], {
    env: { PATH, HOME, ...server.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stderr.on('data', (chunk) => (texts.stderr += String(chunk)))
  return {
    text: () => texts.stdout,
    errors: () => texts.stderr,
    read: () => void child.stdout.on('data', (chunk) => (texts.stdout += String(chunk))),
    exitCode: once(child, 'close').then(([code]) => code as number),
  }
}

it(
  'an export waits for a reader that pauses for longer than the time-outs of the server',
  { timeout: 120_000 },
  async () => {
    expect(await dbtool('db reset --confirm dbtool', { env: server.env })).toMatchObject({ exitCode: 0 })
    const seeded = await dbtool('db seed --users 20000 --products 20000 --orders 8000 --json', { env: server.env })
    const counts = seeded.json<Record<string, number>>()
    const nouns = { users: counts['users']!, products: counts['products']!, orders: counts['order_lines']! }
    const exports = Object.entries(nouns).map(([noun, rows]) => ({ noun, rows, ...exporting(noun) }))
    // Each has filled its pipe and reads no more rows: the rest stays at the server.
    const ended = Promise.race(exports.map(({ exitCode }) => exitCode))
    while ((await held()) < exports.length)
      expect(await Promise.race([ended, sleep(200, 'running')]), exports.map(({ errors }) => errors()).join()).toBe(
        'running',
      )
    for (const { read } of exports) read()
    for (const { noun, rows, exitCode, text, errors } of exports) {
      expect([await exitCode, errors()], noun).toEqual([0, ''])
      const cancelled = noun === 'orders' ? rows / 10 : 0
      const written = text().trimEnd().split('\n').length - 1
      expect(written, noun).toBeLessThanOrEqual(rows)
      expect(written, noun).toBeGreaterThanOrEqual(rows - cancelled)
    }
  },
)
