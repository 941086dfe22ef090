import { checks } from '../../src/doctor/catalog.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { dbtool, type Outcome, type Situation } from '../support/cli.ts'

export interface Examination {
  readonly outcome: Outcome
  readonly findings: readonly Finding[]
  /** The checks with this status. */
  readonly named: (status: Finding['status']) => string[]
  /** Status, sentence and fix of one check. */
  readonly of: (check: string) => Pick<Finding, 'status' | 'found' | 'fix'>
}

/** The result of `dbtool doctor --json` in this situation. */
export async function examine(situation: Situation, flags = ''): Promise<Examination> {
  const outcome = await dbtool(`doctor --json ${flags}`, situation)
  const findings = outcome.json<Finding[]>()
  return {
    outcome,
    findings,
    named: (wanted) => findings.filter(({ status }) => status === wanted).map(({ check }) => check),
    of(name) {
      const { status, found, fix } = findings.find(({ check }) => check === name)!
      return { status, found, fix }
    },
  }
}

/** This check and all that depend on the server after it. */
export function behind(first: string): string[] {
  const names = checks.filter(({ group }) => group !== 'This tool').map(({ name }) => name)
  return names.slice(names.indexOf(first))
}
