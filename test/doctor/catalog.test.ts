import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checks, diagnose } from '../../src/doctor/catalog.ts'
import { unknown, type FactName, type Gathered } from '../../src/doctor/facts.ts'
import { groups } from '../../src/doctor/finding.ts'
import { gathered, sound } from './sound-facts.ts'

const names = checks.map(({ name }) => name)

describe('the catalog', () => {
  it('has a name for each check, and the checks of a group together, in the order of the groups', () => {
    expect(new Set(names).size).toBe(names.length)
    expect([...new Set(checks.map(({ group }) => group))]).toEqual([...groups])
    expect(checks.map(({ group }) => groups.indexOf(group))).toEqual(
      checks.map(({ group }) => groups.indexOf(group)).sort((a, b) => a - b),
    )
  })

  // The invariants have a page of their own: docs/orders.md.
  it.each(checks.filter(({ group }) => group !== 'The shop').map(({ name, looksAt }) => [name, looksAt]))(
    '%s is in docs/doctor.md, with its subject',
    (name, looksAt) => {
      expect(readFileSync('docs/doctor.md', 'utf8')).toContain(`| \`${name}\` | ${looksAt} |`)
    },
  )
})

describe('judging', () => {
  it('finds nothing in a sound shop', () => {
    const findings = diagnose(gathered())
    expect(findings.filter(({ status, fix }) => status !== 'ok' || fix !== null)).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual(names)
  })

  it('skips checks with unknown facts, with the reason', () => {
    const nothing = Object.fromEntries(Object.keys(sound).map((name) => [name, unknown('it is dark')])) as Gathered
    expect(diagnose(nothing).map(({ check, status, found, fix }) => [check, status, found, fix])).toEqual(
      names.map((name) => [name, 'skipped', 'skipped (it is dark)', null]),
    )
  })

  it.each(Object.keys(sound) as FactName[])('without %s, judges the checks that do not need it', (name) => {
    const findings = diagnose({ ...gathered(), [name]: unknown('the query was denied') })
    const skipped = findings.filter(({ status }) => status === 'skipped')
    expect(skipped.length).toBeGreaterThan(0)
    for (const { found } of skipped) expect(found).toBe('skipped (the query was denied)')
    expect(findings.filter(({ status }) => status !== 'skipped' && status !== 'ok')).toEqual([])
  })
})
