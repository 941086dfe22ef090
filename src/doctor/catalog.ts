import { clusterChecks } from './checks/cluster.ts'
import { configurationChecks } from './checks/configuration.ts'
import { durabilityChecks } from './checks/durability.ts'
import { limitChecks } from './checks/limits.ts'
import { privilegeChecks } from './checks/privileges.ts'
import { reachChecks } from './checks/reach.ts'
import { schemaChecks } from './checks/schema.ts'
import { serverChecks } from './checks/server.ts'
import { shopChecks } from './checks/shop.ts'
import { toolChecks } from './checks/tool.ts'
import type { Gathered } from './facts.ts'
import type { Check, Finding } from './finding.ts'

/** All checks in the order of the report: a check depends only on the subjects of earlier ones. */
export const checks: readonly Check[] = [
  ...configurationChecks,
  ...reachChecks,
  ...serverChecks,
  ...limitChecks,
  ...durabilityChecks,
  ...clusterChecks,
  ...privilegeChecks,
  ...schemaChecks,
  ...shopChecks,
  ...toolChecks,
]

/** Runs all checks on the gathered facts. */
export function diagnose(gathered: Gathered): Finding[] {
  return checks.flatMap((check) =>
    check.judge(gathered).map((judgement) => ({ check: check.name, group: check.group, ...judgement })),
  )
}
