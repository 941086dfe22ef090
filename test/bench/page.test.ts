import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chart } from '../../bench/chart.ts'
import { combined, readRun } from '../../bench/combine.ts'
import { full, quick } from '../../bench/core/size.ts'
import { publish, withTable } from '../../bench/page.ts'
import type { BenchRun } from '../../bench/report-file.ts'
import type { Outcome } from '../../bench/targets.ts'
import { temporaryFolder } from '../support/folder.ts'

const least = (bound: number) => ({ at: 'least', bound, unit: '×' }) as const
const spread = (median: number) => ({ median, min: median / 2, max: median * 2 })
const outcomes: Outcome[] = [
  { work: 'three <lines>', peer: 'A & "B"', reach: least(20), measured: spread(30), met: true },
  { work: 'memory', peer: '–', reach: { at: 'most', bound: 150, unit: 'MB' }, measured: spread(300), met: false },
  {
    work: 'failed orders',
    peer: '–',
    reach: { at: 'most', bound: 0, unit: 'orders' },
    measured: { median: 0, min: 0, max: 0 },
    met: true,
  },
]
const run: BenchRun = {
  date: '2026-11-24T09:00:00.000Z',
  size: quick,
  groups: ['orders'],
  series: [],
  targets: outcomes,
  absences: [],
  faults: [],
  versions: { dbtool: '0.1.0', mariadb: '10.11' },
  machine: { kernel: 'Linux 6', cpu: 'Some CPU', cores: 2, memoryGigabytes: 24 },
  settings: { log_bin: 'OFF' },
}

describe('the picture', () => {
  const svg = chart(outcomes, 'dbtool & friends')

  it('has a bar for each target that can have one, long where it is reached, all of them with their figures', () => {
    // The scale ends with the longest: 30 of 20 is one and a half of the target, 300 MB where 150 are allowed is half
    // of it.
    expect(
      [...svg.matchAll(/<rect class="(met|unmet)" x="16" y="\d+" width="([\d.]+)"/g)].map(([, met, width]) => [
        met,
        Number(width),
      ]),
    ).toEqual([
      ['met', 668],
      ['unmet', 222.7],
    ])
    expect(svg).toContain('x1="461.3" x2="461.3"')
    for (const text of ['30 × <tspan class="quiet">(≥ 20 ×)', '300 MB <tspan class="quiet">(≤ 150 MB)'])
      expect(svg).toContain(text)
  })

  it('is 700 wide, light and dark, loads nothing, and escapes what it shows', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="700" height="\d+" viewBox="0 0 700 \d+"/)
    expect(svg).toContain('@media (prefers-color-scheme: dark)')
    expect(svg).not.toMatch(/@import|@font-face|url\(|href/)
    expect(svg).toContain('three &lt;lines&gt; <tspan class="quiet">against A &amp; &quot;B&quot;</tspan>')
    expect(svg).toContain('aria-label="dbtool &amp; friends"')
  })
})

describe('the page', () => {
  const page = readFileSync('docs/benchmarks.md', 'utf8')
  const folder = temporaryFolder()

  it('takes the table of a run in the place of the last one, and leaves the rest as it is', () => {
    const written = withTable(page, run)
    expect(written).toContain(
      '| three <lines> | A & "B" | 30 × | 15 – 60 | ≥ 20 × | yes |\n' +
        '| memory | – | 300 MB | 150 – 600 | ≤ 150 MB | no |',
    )
    // Prose is wrapped at 120 columns.
    expect(written).toContain(
      'dbtool 0.1.0 on MariaDB 10.11, 2026-11-24, median and spread of 3 rounds (5 of a start, 3 of a report). ' +
        'Some CPU, 2\ncores, 24 GB, Linux 6.\n',
    )
    expect(withTable(written, run)).toBe(written)
    const around = (text: string): string[] => [
      text.split('<!-- bench: begin -->')[0]!,
      text.split('<!-- bench: end -->')[1]!,
    ]
    expect(around(written)).toEqual(around(page))
  })

  it('is written with its picture; without the marks nothing is', () => {
    expect(() => withTable('# Benchmarks\n', run)).toThrow('no place for the table')
    writeFileSync(join(folder, 'benchmarks.md'), page)
    publish(folder, run)
    expect(readFileSync(join(folder, 'benchmarks.md'), 'utf8')).toBe(withTable(page, run))
    expect(readFileSync(join(folder, 'bench.svg'), 'utf8')).toBe(
      chart(outcomes, 'dbtool 0.1.0 on MariaDB 10.11, 2026-11-24'),
    )
  })
})

describe('several runs as one', () => {
  const folder = temporaryFolder()
  const measured = (date: string, commit: string, figures: Readonly<Record<string, number>>): BenchRun => ({
    ...run,
    date,
    size: full,
    load: 0.25,
    versions: { dbtool: '0.1.0', mariadb: '10.11', commit },
    groups: [...new Set(Object.keys(figures).map((name) => name.split('/')[0]!))],
    series: Object.entries(figures).map(([name, value]) => {
      const [group = '', work = '', who = ''] = name.split('/')
      return { group, work, who, unit: 'ms', rounds: [{ value }] }
    }),
    targets: [],
  })
  const early = measured('2026-11-28T19:00:00.000Z', 'aaa', {
    'start/start/node -e 0': 100,
    'start/start/--help': 300,
    'many/orders shipped/dbtool orders ship -': 600,
    'many/orders shipped/xargs -n 1': 5,
  })
  const late = measured('2026-11-28T21:00:00.000Z', 'bbb', { 'start/start/node -e 0': 200, 'start/start/--help': 300 })

  it('each group is of the newest run that measured it, and no ratio is of two', () => {
    const both = combined([early, late])
    expect(both.targets.map(({ work, measured: { median }, met }) => [work, median, met])).toEqual([
      ['orders shipped, 1,000 in one call', 120, true],
      ['dbtool --help', 1.5, true],
    ])
    expect(withTable(readFileSync('docs/benchmarks.md', 'utf8'), both).replaceAll('\n', ' ')).toContain(
      'Measured at 2026-11-28 21:00 (bbb, load average 0.3): start. ' +
        'Measured at 2026-11-28 19:00 (aaa, load average 0.3): many.',
    )
  })

  it.each([
    ['a quick run', { size: quick }],
    ['wrong runs: users export', { faults: [{ what: 'users export', why: 'other bytes' }] }],
  ])('%s is not published', (message, changes) => {
    const path = join(folder, 'run.json')
    writeFileSync(path, JSON.stringify({ ...early, ...changes }))
    expect(() => readRun(path)).toThrow(message)
  })
})
