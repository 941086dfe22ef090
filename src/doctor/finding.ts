import type { Fact, FactName, Facts, Gathered } from './facts.ts'

export const groups = [
  'Configuration',
  'Reaching it',
  'Server',
  'Limits',
  'Durability',
  'Cluster',
  'Privileges',
  'Schema',
  'The shop',
  'This tool',
] as const
export type Group = (typeof groups)[number]

/** `warning`: a risk, although it works. `fault`: it does not. `skipped`: could not be checked. */
export type Status = 'ok' | 'warning' | 'fault' | 'skipped'

export interface Judgement {
  readonly status: Status
  /** The finding in one sentence. */
  readonly found: string
  /** A command to run, or a setting to write; null if nothing needs a fix. */
  readonly fix: string | null
}

/** One line of `doctor`, in the form of its JSON. */
export interface Finding extends Judgement {
  readonly check: string
  readonly group: Group
}

/** A check is data: its name, its subject, and a pure function from the facts to their judgement. */
export interface Check {
  readonly name: string
  readonly group: Group
  /** The subject of the check, for docs/doctor.md. */
  readonly looksAt: string
  judge(gathered: Gathered): readonly Judgement[]
}

interface CheckParts<K extends FactName> extends Omit<Check, 'judge'> {
  /** The facts that the check needs. If one of them is unknown, the check is skipped with its reason. */
  readonly needs: readonly K[]
  readonly judge: (facts: Pick<Facts, K>) => Judgement | readonly Judgement[]
}

/** Builds a check from its data. */
export function check<K extends FactName>({ needs, judge, ...rest }: CheckParts<K>): Check {
  return {
    ...rest,
    judge(gathered) {
      const facts = needs.map((name): [K, Fact<unknown>] => [name, gathered[name]])
      const reason = facts.map(([, fact]) => fact).find((fact) => 'unknown' in fact)
      if (reason !== undefined) return [skipped(reason.unknown)]
      return [
        judge(
          Object.fromEntries(facts.map(([name, fact]) => [name, 'known' in fact ? fact.known : undefined])) as Pick<
            Facts,
            K
          >,
        ),
      ].flat()
    },
  }
}

export const ok = (found: string): Judgement => ({ status: 'ok', found, fix: null })
export const warning = (found: string, fix: string): Judgement => ({ status: 'warning', found, fix })
export const fault = (found: string, fix: string): Judgement => ({ status: 'fault', found, fix })
export const skipped = (reason: string): Judgement => ({
  status: 'skipped',
  found: `skipped (${reason})`,
  fix: null,
})
