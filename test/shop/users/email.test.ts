import { describe, expect, it } from 'vitest'
import { InvalidValue } from '../../../src/errors.ts'
import { asciiEmail, emailKey, parseEmail } from '../../../src/shop/users/email.ts'

describe('an address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['Ada@Example.COM', 'ada@example.com'],
    ["o'hara@example.ie", "o'hara@example.ie"],
    ['j&j@example.com', 'j&j@example.com'],
    ['a+b%c@example.com', 'a+b%c@example.com'],
    ['{x}|~^`!#$*/=?@example.com', '{x}|~^`!#$*/=?@example.com'],
    ['ivan@xn--e1afmkfd.xn--p1ai', 'ivan@xn--e1afmkfd.xn--p1ai'],
    ['lee@exämple.de', 'lee@exämple.de'],
    ['Lee@EXÄMPLE.de', 'lee@exämple.de'],
    ['ivan@пример.рф', 'ivan@пример.рф'],
    ['1@2.example', '1@2.example'],
  ])('%s is stored as %s', (typed, stored) => {
    expect(parseEmail(typed)).toBe(stored)
  })

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@example',
    'ada@example.c',
    'ada@127.0.0.1',
    'ada@@example.com',
    'ada@-example.com',
    'ada@example..com',
    'ada@exam_ple.com',
    'ada b@example.com',
    'zoë@example.com',
    'ada@exämple .de',
    'ada@exämple.de/path',
    'ada@exämple.de?x',
    'ada@exämple.de#x',
    'ada@exämpl%65.de',
    'ada@exäm\u00adple.de',
    'ada@exäm\u200bple.de',
    'ada@example.com\n',
    `ada@${'e'.repeat(64)}.com`,
    `${'a'.repeat(250)}@example.com`,
  ])('%j is none', (typed) => {
    expect(() => parseEmail(typed)).toThrow(InvalidValue)
  })
})

it.each([
  ['lee@exämple.de', 'lee@xn--exmple-cua.de', 'lee@xn--exmple-cua.de'],
  ['Lee@EXÄMPLE.de', 'lee@xn--exmple-cua.de', 'lee@xn--exmple-cua.de'],
  ['lee@xn--exmple-cua.de', 'lee@xn--exmple-cua.de', null],
  ['lee@example.de', 'lee@example.de', null],
  ['lee', 'lee', null],
])('%s is compared as %s', (email, key, ascii) => {
  expect([emailKey(email), asciiEmail(email)]).toEqual([key, ascii])
})
