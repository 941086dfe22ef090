import { describe, expect, it } from 'vitest'
import { counted, firstOf, inWords } from '../src/in-words.ts'

describe('messages', () => {
  it.each([
    [counted(0, 'row'), '0 rows'],
    [counted(1, 'row'), '1 row'],
    [counted(2, 'process', 'processes'), '2 processes'],
  ])('count things: %s', (text, expected) => expect(text).toBe(expected))

  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('list names: %j', (names, expected) => expect(inWords(names)).toBe(expected))

  it.each([
    [['a', 'b'], 'a, b'],
    [['a', 'b', 'c'], 'a, b and 1 more'],
    [['a', 'b', 'c', 'd'], 'a, b and 2 more'],
  ])('list the first two names: %j', (names, expected) => expect(firstOf(names, 2)).toBe(expected))

  it.each([
    [['a, b', 'c'], 'a, b; c'],
    [['a, b', 'c', 'd'], 'a, b; c; and 1 more'],
  ])('list names with commas: %j', (names, expected) => expect(firstOf(names, 2, '; ')).toBe(expected))
})
