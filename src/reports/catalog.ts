import { bigSpenders, customerCategories, ordersPerUser, recentCustomers } from './customers.ts'
import { eagerLoading } from './eager-loading.ts'
import { lowStock, topProducts } from './products.ts'
import type { Report } from './report.ts'
import { revenue } from './revenue.ts'

export const reports: readonly Report[] = [
  topProducts,
  ordersPerUser,
  recentCustomers,
  customerCategories,
  bigSpenders,
  revenue,
  lowStock,
  eagerLoading,
]
