import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chart } from './chart.ts'
import type { BenchRun, RunPart } from './report-file.ts'
import { outcomeRow } from './show.ts'

const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->']

/** Writes the chart and the table of a run into the folder of benchmarks.md. */
export function publish(docs: string, run: BenchRun): void {
  const page = join(docs, 'benchmarks.md')
  const written = withTable(readFileSync(page, 'utf8'), run)
  writeFileSync(join(docs, 'bench.svg'), chart(run.targets, titleOf(run)))
  writeFileSync(page, written)
}

/** The page with the table of this run between its two marks. Throws if the marks are missing. */
export function withTable(page: string, run: BenchRun): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from)
    throw new Error(`benchmarks.md has no place for the table: it needs '${begin}' and, below it, '${end}'`)
  return `${page.slice(0, from)}${begin}\n${table(run)}\n${page.slice(to)}`
}

function table(run: BenchRun): string {
  const rows = run.targets
    .map(outcomeRow)
    .map(
      ({ work, peer, measured, spread, target, met }) =>
        `| ${work} | ${peer} | ${measured} | ${spread} | ${target} | ${met} |`,
    )
  const { versions, machine, settings, size } = run
  const list = (facts: Readonly<Record<string, string>>): string =>
    Object.entries(facts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  return [
    '![How far each target is reached](bench.svg)',
    '',
    '| work | against | measured | spread | target | met |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    wrapped(
      `${titleOf(run)}, median and spread of ${size.rounds} rounds ` +
        `(${size.starts} of a start, ${size.reportRounds} of a report). ` +
        `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.kernel}.`,
    ),
    ...(run.parts === undefined ? [] : [wrapped(run.parts.map(partText).join(' '))]),
    wrapped(`Versions: ${list(versions)}. The server: ${list(settings)}.`),
  ].join('\n')
}

function partText({ date, commit, load, groups }: RunPart): string {
  const busy = load === undefined ? '' : `, load average ${load.toFixed(1)}`
  const at = date.slice(0, 'YYYY-MM-DDThh:mm'.length).replace('T', ' ')
  return `Measured at ${at} (${commit}${busy}): ${groups.join(', ')}.`
}

const columns = 120

/** The prose in lines of at most 120 columns; a longer word has a line of its own. */
function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '' || line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`.trim()
    else lines.push(word)
  }
  return lines.join('\n')
}

function titleOf({ versions, date }: BenchRun): string {
  return `dbtool ${versions['dbtool'] ?? ''} on MariaDB ${versions['mariadb'] ?? ''}, ${date.slice(0, 10)}`
}
