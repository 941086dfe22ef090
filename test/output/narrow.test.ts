import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { stressView } from '../../commands/pool/stress-view.ts'
import { orderView } from '../../commands/kit/views.ts'
import { Output } from '../../src/output/output.ts'
import type { View } from '../../src/output/view.ts'
import { dbtool } from '../support/cli.ts'

/** The lines of an item, and the messages about it, on a terminal of this width. */
function outputOf(view: View, row: object, columns: number): { lines: string[]; notes: string } {
  const texts: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' }
  const screen = (name: 'stdout' | 'stderr') =>
    Object.assign(
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          texts[name] += String(chunk)
          done()
        },
      }),
      { isTTY: true, columns },
    )
  const out = new Output({
    stdout: screen('stdout'),
    stderr: screen('stderr'),
    env: { LANG: 'C.UTF-8' },
    format: undefined,
    colour: 'never',
    quiet: false,
    raw: false,
    signal: new AbortController().signal,
  })
  out.item(view, row)
  return { lines: texts.stdout.split('\n'), notes: texts.stderr.replaceAll(/\s+/g, ' ').trim() }
}

const times = { p50: 1.12, p90: 8.05, p95: 10.78, p99: 1216.21, p999: 1219.77, max: 1221, mean: 2.98 }
const load = {
  loop: 'closed',
  acquire_ms: times,
  execute_ms: times,
  total_ms: times,
  statements: [{ statement: 'SELECT 1', ok: 12_664, failed: 0, throughput: 661.3, execute_ms: times }],
  connections: {},
  fairness: {},
  event_loop_ms: {},
  validity: { checks: [] },
  errors: [],
  hosts: [],
  failovers: [],
  thresholds: [],
  comparison: [],
}
const order = {
  id: 1,
  items: [
    { product_id: 1, sku: 'TEA-1', name: 'Green tea from the slopes', quantity: 2, price: '4.50', subtotal: '9' },
  ],
}

describe('the tables of one thing on a narrow terminal', () => {
  const loadAt = (columns: number) => ({ what: 'a load', view: stressView, row: load, columns })
  const orderAt = (columns: number) => ({ what: 'an order', view: orderView, row: order, columns })
  it.each([
    { ...loadAt(120), head: 'ms p50 p90 p95 p99 p999 max mean', notes: '' },
    {
      ...loadAt(60),
      head: 'ms p50 p95 p99 max mean',
      notes: 'the terminal is too narrow for p999, p90 and p50_ms; --json shows them',
    },
    {
      ...loadAt(50),
      head: 'ms p50 p95 p99 max',
      notes: 'the terminal is too narrow for p999, p90, mean, p50_ms and ok; --json shows them',
    },
    { ...orderAt(80), head: 'product_id sku name quantity price subtotal', notes: '' },
    {
      ...orderAt(60),
      head: 'sku name quantity price subtotal',
      notes: 'the terminal is too narrow for items.product_id; --fields shows it',
    },
  ])('of $what in $columns columns stay tables, and a message names what they omit', (expected) => {
    const { view, row, columns } = expected
    const { lines, notes } = outputOf(view, row, columns)
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    const heads = lines.filter((_line, at) => lines[at - 1]?.startsWith('┌'))
    expect(heads.map((line) => line.match(/\w+/g)?.join(' '))).toContain(expected.head)
    expect(notes).toBe(expected.notes)
  })
})

it('a terminal without a size, which says that it has 0 columns, has no limit', async () => {
  const lines = ['config show', 'users --help', 'help formats', `users get ada --format ${'x'.repeat(200)}`]
  const at = async (columns: number) => {
    const outcomes = await Promise.all(lines.map((line) => dbtool(line, { columns, env: { DB_SOCKET: '/nowhere' } })))
    return outcomes.map(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }))
  }
  const [none, wide, usual] = [await at(0), await at(1_000), await at(80)]
  expect([none[0], none[3]]).toEqual([wide[0], wide[3]])
  // Help has the width of a page.
  expect([none[1], none[2]]).toEqual([usual[1], usual[2]])
})
