import type { Verbs } from '../kit/command.ts'
import { usersAnonymise } from './anonymise.ts'
import { usersAuthenticate } from './authenticate.ts'
import { usersCreate } from './create.ts'
import { usersDelete } from './delete.ts'
import { usersExport } from './export.ts'
import { usersGet } from './get.ts'
import { usersImport } from './import.ts'
import { usersList } from './list.ts'
import { usersPurge } from './purge.ts'
import { usersSetPassword } from './set-password.ts'
import { usersUpdate } from './update.ts'

export const verbs: Verbs = {
  create: usersCreate,
  get: usersGet,
  list: usersList,
  update: usersUpdate,
  delete: usersDelete,
  purge: usersPurge,
  anonymise: usersAnonymise,
  authenticate: usersAuthenticate,
  'set-password': usersSetPassword,
  import: usersImport,
  export: usersExport,
}
