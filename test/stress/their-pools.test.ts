import { describe, expect, it } from 'vitest'
import { poolNames } from '../../src/stress/pool-names.ts'
import { settingsFor, theirPools } from '../../src/stress/their-pools.ts'

const settings = { size: 7, timeoutMs: 3_000, recycleMs: 600_000 }

describe('the settings of other pools', () => {
  it.each(poolNames)('%s: the size is in its lines, under its own name', (name) => {
    const { lines, names, lacks } = settingsFor(name, settings)
    const text = lines.join('\n')
    expect(text).toMatch(/\b7\b/)
    // The last part of a name, since 'pool.max' is nested in the lines, and HikariCP's names are in another case there.
    const plain = (words: string): string => words.toLowerCase().replaceAll('-', '')
    for (const theirs of [names.pool_size, names.pool_timeout])
      if (theirs !== null) expect(plain(text)).toContain(plain(theirs.split('.').at(-1)!))
    expect(lacks.length).toBeGreaterThan(0)
  })

  it.each(poolNames)('%s: says which setting it lacks, or that connections may exceed the size', (name) => {
    const { names, lacks } = theirPools[name]
    const text = lacks.join('\n')
    if (names.max_overflow === null) expect(text).toMatch(/hard|has no pool/)
    if (names.pool_timeout === null) expect(text).toMatch(/time-out|deadline/)
    expect(names.pool_recycle).not.toBe('pm.max_requests') // a number of requests is no age
    if (names.pool_recycle === null) expect(text).toMatch(/maximum age/)
  })

  it.each([
    ['sqlalchemy', ['pool_size=7,', 'max_overflow=0,', 'pool_timeout=3,', 'pool_recycle=600,']],
    ['hikaricp', ['maximum-pool-size=7', 'connection-timeout=3000', 'max-lifetime=600000']],
    ['go', ['db.SetMaxOpenConns(7)', 'db.SetMaxIdleConns(7)', 'db.SetConnMaxLifetime(600 * time.Second)']],
    ['knex', ['max: 7,', 'maxConnectionLifetimeMillis: 600000,', 'acquireConnectionTimeout: 3000,']],
    [undefined, ['DB_POOL_SIZE=7', 'DB_MAX_OVERFLOW=0']],
  ] as const)('%s has the units of its settings', (name, expected) => {
    const text = settingsFor(name, settings).lines.join('\n')
    for (const line of expected) expect(text).toContain(line)
  })

  // HikariCP 2.7.9 does not start: "connectionTimeout cannot be less than 250ms".
  // Or it warns: "maxLifetime is less than 30000ms, setting to default 1800000ms".
  it.each([
    [100, 10_000, 250, 30_000],
    [0, 0, 250, 0],
    [250, 30_000, 250, 30_000],
    [3_000, 600_000, 3_000, 600_000],
  ])('hikaricp: %i ms and %i ms are %i and %i in its lines', (timeoutMs, recycleMs, timeout, lifetime) => {
    expect(settingsFor('hikaricp', { size: 7, timeoutMs, recycleMs }).lines.slice(2)).toEqual([
      `spring.datasource.hikari.connection-timeout=${timeout}`,
      `spring.datasource.hikari.max-lifetime=${lifetime}`,
    ])
  })

  it('no limit for the age is said in the words of each', () => {
    const of = (name: 'hikaricp' | 'sqlalchemy' | 'go' | 'knex'): string =>
      settingsFor(name, { ...settings, recycleMs: 0 }).lines.join('\n')
    expect(of('sqlalchemy')).toContain('pool_recycle=-1,')
    expect(of('go')).toContain('SetConnMaxLifetime(0 * time.Second)')
    expect(of('hikaricp')).toContain('max-lifetime=0')
    expect(of('knex')).not.toContain('Lifetime')
  })
})
