import type { Tables } from '../facts.ts'
import { check, fault, ok, skipped, warning, type Check, type Judgement } from '../finding.ts'
import { quotedName } from '../fix.ts'
import { schemaFault } from '../schema-fault.ts'

const group = 'Schema'

export const schemaChecks: readonly Check[] = [
  check({
    name: 'migrations',
    group,
    looksAt: 'the schema matches this dbtool: no pending, half-run, changed or newer migration',
    needs: ['migrations'],
    judge: ({ migrations }) => schemaFault(migrations) ?? ok('the schema is up to date'),
  }),
  check({
    name: 'tables',
    group,
    looksAt: "dbtool's tables exist, in InnoDB (the only engine with transactions) and utf8mb4",
    needs: ['migrations', 'tables'],
    judge: ({ migrations, tables }) =>
      schemaFault(migrations) === undefined ? tableFindings(tables) : skipped('the schema is not up to date'),
  }),
]

function tableFindings({ expected, found }: Tables): Judgement | Judgement[] {
  const existing = new Set(found.map(({ name }) => name))
  const missing = expected.filter((name) => !existing.has(name))
  const wrong = [
    ...(missing.length === 0
      ? []
      : [
          fault(
            `missing, or not visible to this account: ${missing.join(', ')}`,
            'restore them from a backup, or see needed-privileges',
          ),
        ]),
    ...found.flatMap(({ name, engine, collation }) => [
      ...(engine === 'InnoDB'
        ? []
        : [
            warning(
              `the engine of ${name} is ${engine ?? 'unknown'}, not InnoDB: changes to it cannot be rolled back`,
              `ALTER TABLE ${quotedName(name)} ENGINE = InnoDB`,
            ),
          ]),
      ...(collation?.startsWith('utf8mb4_') === false
        ? [
            warning(
              `new columns of ${name} have ${collation} by default, not utf8mb4`,
              `ALTER TABLE ${quotedName(name)} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
            ),
          ]
        : []),
    ]),
  ]
  return wrong.length === 0 ? ok(`all ${expected.length} tables are InnoDB and utf8mb4`) : wrong
}
