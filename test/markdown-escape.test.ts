import { expect, it } from 'vitest'
import { escapeMarkdown } from '../src/markdown-escape.ts'

it.each([
  ['*bold* and `code`', '\\*bold\\* and \\`code\\`'],
  ['a | b', 'a \\| b'],
  ['<b>&amp;', '\\<b\\>\\&amp;'],
  ['[a](b)', '\\[a\\](b)'],
  ['~gone~', '\\~gone\\~'],
  ['_word_ of snake_case', '\\_word\\_ of snake_case'],
  ['C:\\x', 'C:\\\\x'],
])('%s', (text, expected) => expect(escapeMarkdown(text)).toBe(expected))
