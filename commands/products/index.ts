import type { Verbs } from '../kit/command.ts'
import { productsCreate } from './create.ts'
import { productsDelete } from './delete.ts'
import { productsExport } from './export.ts'
import { productsGet } from './get.ts'
import { productsImport } from './import.ts'
import { productsList } from './list.ts'
import { productsRestock } from './restock.ts'
import { productsUpdate } from './update.ts'

export const verbs: Verbs = {
  create: productsCreate,
  get: productsGet,
  list: productsList,
  update: productsUpdate,
  restock: productsRestock,
  delete: productsDelete,
  import: productsImport,
  export: productsExport,
}
