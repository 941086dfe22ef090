import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFault } from '../../src/config/json-fault.ts'

describe('where a text stops being JSON', () => {
  it.each([
    ['', 1, 1, 'the text ends too early'],
    ['{', 1, 2, 'the text ends too early'],
    ['{"a": "hunter2', 1, 7, 'a value was expected'],
    ['{"a": 1,}', 1, 9, 'a key in double quotes was expected'],
    ['[1, 2,]', 1, 7, 'a value was expected'],
    ["{'a': 1}", 1, 2, 'a key in double quotes was expected'],
    ['{\n  // ours\n}', 2, 3, 'a key in double quotes was expected'],
    ['{"a" 1}', 1, 6, 'a colon was expected'],
    ['{\r\n  "a": 1\r\n  "b": 2\r\n}', 3, 3, 'a comma or } was expected'],
    ['[1 2]', 1, 4, 'a comma or ] was expected'],
    ['{"port": 03306}', 1, 11, 'a comma or } was expected'],
    ['{} {}', 1, 4, 'the text should have ended before'],
    ['{"a": "x\ty"}', 1, 7, 'a value was expected'],
    ['{"a": {"b": 1}, "c": 2, "a": 3}', 1, 25, 'the key "a" is given twice'],
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
        if (fault?.why.endsWith('is given twice') === true) return
        let node = true
        try {
          JSON.parse(text)
        } catch {
          node = false
        }
        expect(fault === undefined).toBe(node)
      }),
      { numRuns: 2_000 },
    )
  })
})
