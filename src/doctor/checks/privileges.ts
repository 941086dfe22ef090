import { check, fault, ok, warning, type Check } from '../finding.ts'
import { grantsFor, quotedName } from '../fix.ts'
import { excessPrivileges, missingPrivileges } from '../privileges.ts'

const group = 'Privileges'

export const privilegeChecks: readonly Check[] = [
  check({
    name: 'needed-privileges',
    group,
    looksAt: 'may this account SELECT, INSERT, UPDATE and DELETE in the shop (with its active roles)',
    needs: ['database', 'grants', 'tables'],
    judge({ database: { name }, grants: { account, holdings }, tables: { expected } }) {
      const missing = missingPrivileges(holdings, name, expected)
      if (missing.length === 0) return ok(`${account} may do in '${name}' what the application does`)
      const found = `${account} lacks in '${name}': ${missing.join('; ')}`
      const [role] = holdings.idleRoles
      return role === undefined
        ? fault(found, grantsFor(account))
        : fault(`${found}; its role '${role}' is not active`, `SET DEFAULT ROLE ${quotedName(role)}, as that user`)
    },
  }),
  check({
    name: 'excess-privileges',
    group,
    looksAt:
      'what this account may do beyond that, here or everywhere: whoever gets hold of the application may do it too',
    needs: ['database', 'grants'],
    judge({ database: { name }, grants: { account, holdings, ofPrivateServer } }) {
      const excess = excessPrivileges(holdings, name)
      if (excess.length === 0) return ok(`${account} may do nothing beyond that`)
      // Its owner starts and deletes that server anyway, and nobody else reaches it.
      if (ofPrivateServer) return ok(`${account} may do more than that, as it should: this is your private server`)
      return warning(`${account} may do more than the application needs: ${excess.join('; ')}`, grantsFor(account))
    },
  }),
]
