import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeFormula, unescapeFormula } from '../src/csv-injection.ts'
import { anyText, nasty } from './support/nasty.ts'

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t'=1"],
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
  ['tea;=1+1', "tea;'=1+1"],
  ['tea\t+1', "tea\t'+1"],
  ['tea|@SUM(A1)', "tea|'@SUM(A1)"],
  ['tea\n-1', "tea\n'-1"],
  ['tea\r\n＝1', "tea\r\n'＝1"],
  ['a;=1;|=2', "a;'=1;|'=2"],
  ['tea;"=1"', `tea;'"=1"`],
  ["tea;'=1", "tea;''=1"],
  ['=1;=2', "'=1;'=2"],
  ["it's; -5 °C", "it's; -5 °C"],
  ['red;green|blue', 'red;green|blue'],
  ['tea,=1', 'tea,=1'],
])('%j is written as %j', (text, written) => {
  expect(escapeFormula(text)).toBe(written)
  expect(unescapeFormula(written)).toBe(text)
})

const pieces = fc.array(fc.constantFrom(';', '|', '\t', '\r', '\n', "'", '"', '=', '-', '＝', 'a', ' '))

it('whatever the text, it comes back, and no cell of it is a formula meanwhile, wherever a spreadsheet splits', () => {
  const property = (text: string): void => {
    const escaped = escapeFormula(text)
    expect(unescapeFormula(escaped)).toBe(text)
    expect(escaped).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)
    for (const cell of escaped.split(/[;|\t\r\n]/).slice(1))
      expect(cell.replace(/^"+/, '')).not.toMatch(/^[=+\-@＝＋－＠]/)
  }
  nasty.forEach(property)
  fc.assert(fc.property(anyText, property))
  fc.assert(
    fc.property(
      pieces.map((texts) => texts.join('')),
      property,
    ),
  )
})
