import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFault } from '../../src/config/json-fault.ts'

describe('the first fault of a JSON text', () => {
  it.each([
    ['', 1, 1, 'unexpected end of the file'],
    ['{', 1, 2, 'unexpected end of the file'],
    ['{"a": "hunter2', 1, 7, 'a text has no closing quote on its line'],
    ['{"a": 1,}', 1, 9, 'expected a key in double quotes'],
    ['[1, 2,]', 1, 7, 'expected a value'],
    ["{'a': 1}", 1, 2, 'unknown word; keys and texts need double quotes'],
    ['{a: 1}', 1, 2, 'unknown word; keys and texts need double quotes'],
    ['{\n  // ours\n}', 2, 3, 'JSON has no comments'],
    ['{ /* ours', 1, 3, 'JSON has no comments'],
    ['{"a" 1}', 1, 6, 'expected a colon'],
    ['{\r\n  "a": 1\r\n  "b": 2\r\n}', 3, 3, 'expected a comma'],
    ['[1 2]', 1, 4, 'expected a comma'],
    ['{"port": 03306}', 1, 11, 'expected a comma'],
    ['{"port": 3306.}', 1, 10, 'not a number of JSON'],
    ['{"port": +3306}', 1, 10, 'unknown word; keys and texts need double quotes'],
    ['{} {}', 1, 4, 'unexpected text after the end of the JSON'],
    ['{"a": "x\ty"}', 1, 7, 'a control character in a text, such as a tab; it is written as \\t'],
    ['{"ca": "C:\\certs"}', 1, 8, 'unknown escape; a backslash is written as \\\\'],
    ['{"a": "\\u00e"}', 1, 7, '\\u needs four hexadecimal digits'],
    ['{"a": {"b": 1}, "c": 2, "a": 3}', 1, 25, 'duplicate key "a"'],
    ['{"a": 1, "\\u0061": 2}', 1, 10, 'duplicate key "a"'],
  ])('%j: line %i, column %i', (text, line, column, why) => {
    expect(jsonFault(text)).toEqual({ line, column, why })
  })

  it('finds a fault where Node finds one, and none where it finds none', () => {
    const cut = fc
      .tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 }))
      .map(
        ([text, at, more]) => text.slice(0, at % (text.length + 1)) + more + text.slice((at % (text.length + 1)) + 1),
      )
    fc.assert(
      fc.property(fc.oneof(fc.json({ stringUnit: 'binary' }), cut, fc.string()), (text) => {
        const fault = jsonFault(text)
        if (fault?.why.startsWith('duplicate key') === true) return
        let node = true
        try {
          JSON.parse(text)
        } catch {
          node = false
        }
        expect(fault === undefined).toBe(node)
      }),
      { numRuns: 500 },
    )
  })
})
