import { expect, it } from 'vitest'
import { DumpNeeds } from '../../src/client/dump-needs.ts'

const statement = (lines: readonly string[], end: string): string => lines.map((line) => line + end).join('')
const insert = ['INSERT INTO `a` VALUES', "(1,'x'),", "(2,';'),", "(3,'y');"]
const others = ['-- Table', 'DROP TABLE a;', 'INSERT INTO `b` VALUES (1);']

it.each([
  ['line feeds', '\n'],
  ['carriage returns, too', '\r\n'],
])('finds the longest statement of a dump in chunks of any size, with %s', (_what, end) => {
  const dump = Buffer.from(statement([...others, ...insert, ...others], end))
  for (let size = 1; size <= dump.length; size += 1) {
    const needs = new DumpNeeds()
    for (let from = 0; from < dump.length; from += size) needs.add(dump.subarray(from, from + size))
    expect(needs.longestStatement).toBeGreaterThanOrEqual(insert.join('').length)
    expect(needs.longestStatement).toBeLessThanOrEqual(statement(insert, end).length)
  }
})
