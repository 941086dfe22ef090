import { createRequire } from 'node:module'
import { foreignPools, type PoolMode } from './modes.ts'

/** The pools of optional packages that are not installed. */
export function missingPools(): PoolMode[] {
  const { resolve } = createRequire(import.meta.url)
  return foreignPools.filter((name) => {
    try {
      resolve(name)
      return false
    } catch {
      return true
    }
  })
}
