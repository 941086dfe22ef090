import { onTestFinished } from 'vitest'
import { createPool, type CreatePoolOptions, type ShopPool } from '../../src/index.ts'
import type { TestDatabase } from './database.ts'

/** The options of a pool of the library on a test database. */
export function optionsFor({ target }: TestDatabase): CreatePoolOptions {
  const { socket, user, password, database } = target
  return { socket, user, password, database }
}

/** A pool of the library on a test database, closed after the test. */
export function poolOn(database: TestDatabase, more: CreatePoolOptions = {}): ShopPool {
  const pool = createPool({ ...optionsFor(database), ...more })
  onTestFinished(() => pool.close(0))
  return pool
}
