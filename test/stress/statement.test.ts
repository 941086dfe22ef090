import { describe, expect, it } from 'vitest'
import { chooser, parameterValue, parseStatement } from '../../src/stress/statement.ts'

describe('a statement of a load test', () => {
  it.each([
    ['SELECT 1', 1, 'SELECT 1', []],
    ['  SELECT 1  ', 1, 'SELECT 1', []],
    ['9: SELECT 1', 9, 'SELECT 1', []],
    [
      'SELECT * FROM t WHERE id = {{random 1 9}} AND code = {{code}}',
      1,
      'SELECT * FROM t WHERE id = ? AND code = ?',
      ['code'],
    ],
    ['SELECT {{ uuid }}, {{name}}, {{name}}', 1, 'SELECT ?, ?, ?', ['name']],
    [
      "SELECT 'it''s {not} one', \"a\\\"?\", `b?` -- what?\n, 2",
      1,
      "SELECT 'it''s {not} one', \"a\\\"?\", `b?` -- what?\n, 2",
      [],
    ],
    ['SELECT /* {{uuid}} */ 1 # {{code}}', 1, 'SELECT /* {{uuid}} */ 1 # {{code}}', []],
  ])('%s', (text, weight, sql, columns) => expect(parseStatement(text)).toMatchObject({ weight, sql, columns }))

  it.each([
    ['', 'must not be empty'],
    ['3:', 'must not be empty'],
    ['0: SELECT 1', "must have a weight from 1 to 1000000 before its ':', not '0'"],
    [
      'SELECT {{random 9 1}}',
      "needs two whole numbers, the smaller one first, as in {{random 1 1000}}, not '{{random 9 1}}'",
    ],
    ['SELECT {{random x}}', 'needs two whole numbers'],
    ['SELECT {{drop table}}', "has an unknown parameter '{{drop table}}'"],
    ['SELECT {{}}', "has an unknown parameter '{{}}'"],
    ["SELECT '{{name}}'", "has a parameter inside quotes: ''{{name}}''; remove the quotes, it is bound as text"],
    ['SELECT ? + {{random 1 2}}', "must not have a '?' besides {{…}}: no value would be bound to it"],
  ])('%s is refused: %s', (text, message) => expect(() => parseStatement(text)).toThrow(message))

  it('binds new values every time: both ends of a range, and what the row says', () => {
    const { parameters } = parseStatement('SELECT {{random -1 1}}, {{uuid}}, {{name}}, {{other}}')
    const bound = Array.from({ length: 200 }, () =>
      parameters.map((parameter) => parameterValue(parameter, { name: "'; DROP TABLE x" })),
    )
    expect(new Set(bound.map(([n]) => n))).toEqual(new Set([-1, 0, 1]))
    expect(new Set(bound.map(([, uuid]) => uuid)).size).toBe(200)
    expect(new Set(bound.map(([, , name, other]) => `${String(name)} ${String(other)}`))).toEqual(
      new Set(["'; DROP TABLE x null"]),
    )
  })

  it('is chosen by its weight', () => {
    const next = chooser([parseStatement('9: a'), parseStatement('1: b')])
    const chosen = Array.from({ length: 5_000 }, () => next().sql).filter((sql) => sql === 'b').length
    expect(chosen).toBeGreaterThan(350)
    expect(chosen).toBeLessThan(650)
  })
})
