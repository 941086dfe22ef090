import type { Verbs } from '../kit/command.ts'
import { addressesAdd } from './add.ts'
import { addressesList } from './list.ts'
import { addressesRemove } from './remove.ts'
import { addressesUpdate } from './update.ts'

export const verbs: Verbs = {
  add: addressesAdd,
  list: addressesList,
  update: addressesUpdate,
  remove: addressesRemove,
}
