import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { quotedForShell, quotedPath } from '../src/values.ts'

/** What stands in a command line of a message without quotes, and why that is safe. */
const safe: Readonly<Record<string, readonly string[]>> = {
  'a number': ['id', 'existing.id', 'orderId', 'min', 'max', 'stock', 'version - 1', "pid ?? ''"],
  'a name of dbtool itself': [
    'command',
    'database',
    'dbtool',
    'field',
    'first',
    'flag',
    'flags',
    "format ?? ''",
    'line',
    'meant',
    'move',
    'name',
    'next',
    'noun',
    'oldestNode',
    'oldestServer',
    'onConflict',
    'other',
    'path',
    'pathOf(command)',
    '`${pathOf(this)} --help`.trim()',
    'profile.name',
    'report.name',
    'unix',
    'verb',
  ],
  'not a command line, but a duration, names of packages of ours, or of parameters': [
    'chart.label',
    'durationText(neededMs(least))',
    'durationText(timeMs ?? 0)',
    'durationText(timeMs)',
    "missing.join(' ')",
    'twice.name',
    "unused.join(', ')",
  ],
  'letters, dots and commas': ['fields'],
  'no command line': ['fault', 'quoteValue(text)'],
  'words that are quoted before': ["words.join(' or ')"],
}

/** Expressions that follow a command or a flag in a template, without a function that quotes them. */
function unquoted(source: ts.SourceFile): string[] {
  const found: string[] = []
  const walk = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) {
      let before = node.head.text
      for (const { expression, literal } of node.templateSpans) {
        const isWord = /(?:^|[ ($`:])(?:dbtool|chmod|kill|openssl|npm|rm|sudo) [^;]*$|--[a-z-]+ $/.test(before)
        const isQuoted = /\b(?:quotedForShell|quotedPath)\b/.test(expression.getText())
        if (isWord && !isQuoted) found.push(expression.getText())
        before += `X${literal.text}`
      }
    }
    ts.forEachChild(node, walk)
  }
  walk(source)
  return found
}

describe('a command line in a message', () => {
  it('quotes each word that comes from outside', () => {
    const found = ['commands', 'src'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => {
          const file = join(folder, name)
          return unquoted(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true))
        }),
    )
    expect([...new Set(found)].sort()).toEqual(Object.values(safe).flat().sort())
  })

  it('whatever the word is', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).filter((word) => !/[\0\ud800-\udfff]/.test(word))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (words) => {
        const script = `printf '%s\\0' ${words.map(quotedForShell).join(' ')}`
        expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
          words.map((word) => `${word}\0`).join(''),
        )
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    ['.env', '.env'],
    ['~/.config/dbtool/config.json', '~/.config/dbtool/config.json'],
    ['~/a b;touch marker', "~/'a b;touch marker'"],
    ['/tmp/$(touch marker)/.env', "'/tmp/$(touch marker)/.env'"],
    ["/tmp/it's", "'/tmp/it'\\''s'"],
    ['=ls', "'=ls'"],
  ])('the path %s: %s', (path, quoted) => {
    expect(quotedPath(path)).toBe(quoted)
  })
})
