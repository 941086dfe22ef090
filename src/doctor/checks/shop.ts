import { invariants } from '../../shop/invariants.ts'
import { unknown } from '../facts.ts'
import { check, fault, ok, skipped, type Check } from '../finding.ts'

/** Each invariant of `db check` is a check of its own. */
export const shopChecks: readonly Check[] = invariants.map(({ name, statement }) =>
  check({
    name,
    group: 'The shop',
    looksAt: statement,
    needs: ['invariants'],
    judge({ invariants: counted }) {
      const fact = counted.get(name) ?? unknown('nobody counted')
      if ('unknown' in fact) return skipped(fact.unknown)
      const rows = fact.known === 1 ? '1 row contradicts' : `${fact.known} rows contradict`
      return fact.known === 0 ? ok(statement) : fault(`${rows} this: ${statement}`, 'dbtool db check shows the rows')
    },
  }),
)
