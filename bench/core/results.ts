import { messageOf } from '../../src/errors.ts'
import { ratioOf, spreadOf, type Spread } from './statistics.ts'

/** The figures of one contestant in one round. */
export interface Trial {
  readonly value: number
  /** The number of failed attempts. */
  readonly failed?: number
  /** Other figures of the same round. */
  readonly also?: Readonly<Record<string, number>>
}

export interface Series {
  readonly group: string
  readonly work: string
  readonly who: string
  readonly unit: string
  readonly rounds: readonly Trial[]
}

/** A peer without figures, and the reason. */
export interface Absence {
  readonly what: string
  readonly why: string
}

/** A run of dbtool with a wrong result. It fails the bench, regardless of its speed. */
export class WrongRun extends Error {
  override readonly name = 'WrongRun'
}

/** The figures and failures so far. */
export class Results {
  readonly series: Series[] = []
  readonly absences: Absence[] = []
  readonly faults: Absence[] = []

  constructor(
    private readonly signal: AbortSignal,
    /** Reports the current work on the screen. */
    readonly doing: (what: string) => void,
  ) {}

  /** Throws once the run is interrupted. */
  throwIfInterrupted(): void {
    this.signal.throwIfAborted()
  }

  add(series: Series): void {
    this.series.push(series)
  }

  /** Records a peer that is missing or cannot do the work, once per reason. */
  absent(what: string, reason: unknown): void {
    const why = this.why(reason)
    if (!this.absences.some((known) => known.what === what && known.why === why)) this.absences.push({ what, why })
  }

  /** Records a failure of dbtool, which fails the bench. */
  failed(what: string, reason: unknown): void {
    this.faults.push({ what, why: this.why(reason) })
  }

  /** After an interrupt, failures are its consequence, and the interrupt is thrown instead. */
  private why(reason: unknown): string {
    this.throwIfInterrupted()
    return messageOf(reason)
  }
}

/** Looks up figures; undefined for work that was not measured. */
export class Figures {
  constructor(private readonly series: readonly Series[]) {}

  of(group: string, work: string, who: string): Series | undefined {
    return this.series.find((series) => series.group === group && series.work === work && series.who === who)
  }

  /** The figure of `who` divided by that of `peer`, for the same work. */
  ratio(group: string, work: string, who: string, peer: string): Spread | undefined {
    return ratioOf(valuesOf(this.of(group, work, who)), valuesOf(this.of(group, work, peer)))
  }

  /** The same for a figure of `also`. */
  ratioOfAlso(what: string, mine: Series | undefined, peers: Series | undefined): Spread | undefined {
    return ratioOf(countsOf(mine, what), countsOf(peers, what))
  }

  /** The rounds of one work in relation to the median of another, which may have another number of rounds. */
  ratioToMedian(what: string, mine: Series | undefined, other: Series | undefined): Spread | undefined {
    const middle = spreadOf(countsOf(other, what))?.median
    return middle === undefined ? undefined : spreadOf(countsOf(mine, what).map((value) => value / middle))
  }

  /** The spread of one figure: `value`, `failed`, or one of `also`. */
  spread(group: string, work: string, who: string, what = 'value'): Spread | undefined {
    return spreadOf(countsOf(this.of(group, work, who), what))
  }

  inGroup(group: string): Series[] {
    return this.series.filter((series) => series.group === group)
  }
}

export function valuesOf(series: Series | undefined): number[] {
  return countsOf(series, 'value')
}

function countsOf(series: Series | undefined, what: string): number[] {
  const read = ({ value, failed = 0, also = {} }: Trial): number | undefined => ({ ...also, value, failed })[what]
  return (series?.rounds ?? []).flatMap((trial) => read(trial) ?? [])
}
