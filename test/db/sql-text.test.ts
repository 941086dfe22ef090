import { describe, expect, it } from 'vitest'
import { codeOf, firstWord, hasExecutableComment, hasSeveral } from '../../src/db/sql-text.ts'

describe('the text of a statement', () => {
  it.each([
    ["SELECT 'a''b\\'c' x", "SELECT '''' x"],
    ['SELECT "a;b", `c;d`', 'SELECT "", ``'],
    ['SELECT 1 -- all of it', 'SELECT 1  '],
    ['SELECT 1 --2', 'SELECT 1 --2'],
    ['SELECT 1 # all\n, 2', 'SELECT 1  \n, 2'],
    ['SELECT /* a */ 1', 'SELECT   1'],
    ["SELECT 'open", "SELECT ''"],
  ])('%j is the code %j', (sql, code) => expect(codeOf(sql)).toBe(code))

  it.each([
    ['  (select 1)', 'SELECT'],
    ['/* x */ -- y\n Update t', 'UPDATE'],
    ["'x'", ''],
    ['', ''],
  ])('%j begins with %j', (sql, word) => expect(firstWord(sql)).toBe(word))

  it.each([
    ['SELECT 1;', false],
    ['SELECT 1; SELECT 2', true],
    ["SELECT ';' ; -- ; x", false],
  ])('%j has several statements: %j', (sql, several) => expect(hasSeveral(sql)).toBe(several))

  it.each([
    ['SELECT 1 /*! + 1 */', true],
    ['SELECT 1 /*M!100100 + 1 */', true],
    ["SELECT '/*! x */'", false],
    ['SELECT 1 /* ! */', false],
  ])('%j has code in a comment: %j', (sql, has) => expect(hasExecutableComment(sql)).toBe(has))
})
