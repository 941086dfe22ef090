import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeFormula, unescapeFormula } from '../src/csv-injection.ts'
import { anyText, nasty } from './support/nasty.ts'

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\rx', "'\rx"],
  ['\nx', "'\nx"],
  ['＝1', "'＝1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠1', "'＠1"],
  ["'=1", "''=1"],
  ["''=1", "'''=1"],
  ['1-1', '1-1'],
  ["'quoted'", "'quoted'"],
  ["'", "'"],
  ['', ''],
  ['tea = good', 'tea = good'],
  ['O’Hara', 'O’Hara'],
])('%j is written as %j', (text, written) => {
  expect(escapeFormula(text)).toBe(written)
  expect(unescapeFormula(written)).toBe(text)
})

it('whatever the text, it comes back, and is no formula meanwhile', () => {
  const property = (text: string): void => {
    expect(unescapeFormula(escapeFormula(text))).toBe(text)
    expect(escapeFormula(text)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)
  }
  nasty.forEach(property)
  fc.assert(fc.property(anyText, property))
})
