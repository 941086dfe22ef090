import { lookOf } from '../src/output/look.ts'
import type { Screen } from '../src/output/output.ts'
import { listTable } from '../src/output/table.ts'
import { number, text, type View } from '../src/output/view.ts'
import type { Series } from './core/results.ts'
import { amount, figure } from './core/figures.ts'
import { spreadOf } from './core/statistics.ts'
import type { Outcome, Target } from './targets.ts'

const figuresView: View = {
  columns: [
    text('group'),
    text('work'),
    text('who'),
    number('median'),
    number('least'),
    number('most'),
    text('unit'),
    number('failed'),
  ],
  id: 'who',
  empty: 'Nothing was measured.',
}
const targetsView: View = {
  columns: [text('work'), text('peer'), number('measured'), number('spread'), number('target'), text('met')],
  id: 'work',
  empty: 'No target was measured.',
}

export function reachText({ at, bound, unit }: Target['reach']): string {
  return `${bound === 0 ? '' : at === 'least' ? '≥ ' : '≤ '}${amount(bound, unit)}`
}

export function outcomeRow({ work, peer, reach, measured, met }: Outcome): Record<string, string> {
  const { median, min, max } = measured
  return {
    work,
    peer,
    measured: amount(median, reach.unit),
    spread: `${figure(min)} – ${figure(max)}`,
    target: reachText(reach),
    met: met ? 'yes' : 'no',
  }
}

/** Prints tables to stdout and everything else to stderr. */
export class Display {
  constructor(
    private readonly stdout: Screen,
    private readonly stderr: Screen,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  say(line: string): void {
    this.stderr.write(`${line}\n`)
  }

  series(series: readonly Series[]): void {
    this.table(
      figuresView,
      series.flatMap(({ group, work, who, unit, rounds }) => {
        const spread = spreadOf(rounds.map(({ value }) => value))
        const failed = rounds.reduce((sum, trial) => sum + (trial.failed ?? 0), 0)
        return spread === undefined
          ? []
          : [
              {
                group,
                work,
                who,
                median: figure(spread.median),
                least: figure(spread.min),
                most: figure(spread.max),
                unit,
                failed,
              },
            ]
      }),
    )
  }

  targets(outcomes: readonly Outcome[]): void {
    this.table(targetsView, outcomes.map(outcomeRow))
  }

  private table(view: View, rows: readonly Record<string, unknown>[]): void {
    if (rows.length === 0) this.say(view.empty ?? '')
    else this.stdout.write(`${listTable(view, rows, lookOf(this.stdout, this.env, 'auto'))}\n`)
  }
}
