import type { Grants } from '../facts.ts'
import { check, fault, ok, warning, type Check } from '../finding.ts'
import { grantsFor, quotedName } from '../fix.ts'
import { excessPrivileges, missingPrivileges } from '../privileges.ts'

const group = 'Privileges'

const nameInGrants = (name: string, { inLowerCase }: Grants): string => (inLowerCase ? name.toLowerCase() : name)

export const privilegeChecks: readonly Check[] = [
  check({
    name: 'needed-privileges',
    group,
    looksAt:
      'this account may SELECT, INSERT, UPDATE and DELETE in the shop (with its active roles); ' +
      'with readOnly, it may SELECT',
    needs: ['destination', 'database', 'grants', 'tables'],
    judge({ destination, database: { name }, grants, tables: { expected } }) {
      const { account, accountGrants } = grants
      const { readOnly = false } = destination.target
      const missing = missingPrivileges(accountGrants, nameInGrants(name, grants), { tables: expected, readOnly })
      const work = readOnly ? 'reading' : 'the application'
      if (missing.length === 0) return ok(`${account} has all privileges in '${name}' that ${work} needs`)
      const found = `${account} lacks in '${name}': ${missing.join('; ')}`
      const [role] = accountGrants.idleRoles
      return role === undefined
        ? fault(found, grantsFor(account, readOnly ? 'reporter' : 'app'))
        : fault(`${found}; its role '${role}' is not active`, `SET DEFAULT ROLE ${quotedName(role)}, as that user`)
    },
  }),
  check({
    name: 'excess-privileges',
    group,
    looksAt:
      'privileges of this account beyond those, here or globally: ' +
      'an attacker who controls the application has them too',
    needs: ['database', 'grants'],
    judge({ database: { name }, grants }) {
      const { account, accountGrants, ofPrivateServer } = grants
      const excess = excessPrivileges(accountGrants, nameInGrants(name, grants))
      if (excess.length === 0) return ok(`${account} has no further privileges`)
      // Only its owner can reach a private server, and the owner can start and delete it anyway.
      if (ofPrivateServer) return ok(`${account} has further privileges, as intended on your private server`)
      return warning(
        `${account} has more privileges than the application needs: ${excess.join('; ')}`,
        grantsFor(account),
      )
    },
  }),
]
