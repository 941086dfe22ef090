import { createRequire } from 'node:module'
import { type ForeignPool, foreignPools } from './modes.ts'
import { Mysql2Pool } from './mysql2-pool.ts'
import { poolOver, type PoolParts } from './open.ts'
import type { Pool } from './pool.ts'
import { TarnPool } from './tarn-pool.ts'

/** Creates a pool of an optional package, with its own connections (mysql2) or with dbtool's (tarn). */
export function openForeignPool(name: ForeignPool, parts: PoolParts): Pool {
  const { target, limits, options } = parts
  if (name === 'mysql2') return new Mysql2Pool(target, limits, options)
  return poolOver(parts, (openConnection) => new TarnPool(openConnection, options, target))
}

/** The pools whose packages are not installed. */
export function missingPools(): ForeignPool[] {
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
