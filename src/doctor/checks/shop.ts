import { invariants } from '../../shop/invariants.ts'
import { unknown } from '../facts.ts'
import { check, fault, ok, skipped, type Check } from '../finding.ts'

/** One check for each invariant of `db check`. */
export const shopChecks: readonly Check[] = invariants.map(({ name, statement }) =>
  check({
    name,
    group: 'The shop',
    looksAt: statement,
    needs: ['invariants'],
    judge({ invariants: counted }) {
      const fact = counted.get(name) ?? unknown('the violations were not counted')
      if ('unknown' in fact) return skipped(fact.unknown)
      const rows = fact.known === 1 ? '1 row violates' : `${fact.known} rows violate`
      return fact.known === 0
        ? ok(statement)
        : fault(`${rows} the invariant: ${statement}`, 'dbtool db check shows the rows')
    },
  }),
)
