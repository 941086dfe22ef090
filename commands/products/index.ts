import type { Declare } from '../declare.ts'
import { productsCreate } from './create.ts'
import { productsDelete } from './delete.ts'
import { productsExport } from './export.ts'
import { productsGet } from './get.ts'
import { productsImport } from './import.ts'
import { productsList } from './list.ts'
import { productsRestock } from './restock.ts'
import { productsUpdate } from './update.ts'

export const verbs: readonly Declare[] = [productsCreate, productsGet, productsList, productsUpdate, productsRestock, productsDelete, productsImport, productsExport]
