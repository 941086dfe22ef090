import { messageOf } from '../../src/errors.ts'
import { ratioOf, spreadOf, type Spread } from './statistics.ts'

/** What one contestant did in one round. */
export interface Trial {
  readonly value: number
  /** Tries that came to nothing. */
  readonly failed?: number
  /** What else was counted meanwhile. */
  readonly also?: Readonly<Record<string, number>>
}

export interface Series {
  readonly group: string
  readonly work: string
  readonly who: string
  readonly unit: string
  readonly rounds: readonly Trial[]
}

/** A peer that could not do its part; it has no figures. */
export interface Absence {
  readonly what: string
  readonly why: string
}

/** A run of ours with a wrong result. However fast it was, it fails the bench. */
export class WrongRun extends Error {
  override readonly name = 'WrongRun'
}

/** What has been measured so far, and what went wrong. */
export class Results {
  readonly series: Series[] = []
  readonly absences: Absence[] = []
  readonly faults: Absence[] = []

  constructor(
    private readonly signal: AbortSignal,
    /** Tells whoever waits what is being done. */
    readonly doing: (what: string) => void,
  ) {}

  /** Throws once the run is interrupted. */
  goOn(): void {
    this.signal.throwIfAborted()
  }

  add(series: Series): void {
    this.series.push(series)
  }

  /** A peer that is not there, or cannot do it; said once. */
  absent(what: string, reason: unknown): void {
    const why = this.why(reason)
    if (!this.absences.some((known) => known.what === what && known.why === why)) this.absences.push({ what, why })
  }

  /** Something of ours went wrong, which fails the bench. */
  failed(what: string, reason: unknown): void {
    this.faults.push({ what, why: this.why(reason) })
  }

  /** Whatever fails after an interrupt is its consequence. */
  private why(reason: unknown): string {
    this.goOn()
    return messageOf(reason)
  }
}

/** Reads figures out of what was measured; undefined for what was not. */
export class Figures {
  constructor(private readonly series: readonly Series[]) {}

  of(group: string, work: string, who: string): Series | undefined {
    return this.series.find((one) => one.group === group && one.work === work && one.who === who)
  }

  /** Ours divided by the peer's, of the same work. */
  ratio(group: string, work: string, who: string, peer: string): Spread | undefined {
    return ratioOf(valuesOf(this.of(group, work, who)), valuesOf(this.of(group, work, peer)))
  }

  /** What was counted besides; `value` and `failed` too. */
  spread(group: string, work: string, who: string, what = 'value'): Spread | undefined {
    return spreadOf(countsOf(this.of(group, work, who), what))
  }

  inGroup(group: string): Series[] {
    return this.series.filter((one) => one.group === group)
  }
}

export function valuesOf(series: Series | undefined): number[] {
  return countsOf(series, 'value')
}

function countsOf(series: Series | undefined, what: string): number[] {
  const read = ({ value, failed = 0, also = {} }: Trial): number | undefined => ({ ...also, value, failed })[what]
  return (series?.rounds ?? []).flatMap((trial) => read(trial) ?? [])
}
