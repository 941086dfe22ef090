import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { DbtoolError } from '../../src/errors.ts'
import { writeError } from '../../src/output/error.ts'
import { Reporter } from '../../src/output/messages.ts'

/** The lines that a reporter prints on a terminal of this width; undefined is no terminal. */
function linesOf(print: (out: Reporter) => void, columns: number | undefined): string[] {
  let text = ''
  const stderr = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns })
  stderr.on('data', (chunk) => (text += String(chunk)))
  print(new Reporter({ stderr, env: {}, colour: 'never', quiet: false }))
  return text.split('\n').slice(0, -1)
}

const sentence = 'the private server has stopped; its data stays'
const path = '/home/ada/.local/share/dbtool/server/run/mariadb.sock'

describe('messages on a terminal of 20 columns', () => {
  it.each<[string, (out: Reporter) => void, string[]]>([
    ['a note', (out) => out.note(sentence), ['the private server', 'has stopped; its', 'data stays']],
    ['a success', (out) => out.success(sentence), ['✔ the private server', 'has stopped; its', 'data stays']],
    ['a warning', (out) => out.warn('the disk is full'), ['warning: the disk is', 'full']],
    ['a heading', (out) => out.heading('Check the invariants now'), ['', 'Check the invariants', 'now']],
    ['a long path', (out) => out.note(`running on ${path} now`), ['running on', path, 'now']],
    ['wide characters', (out) => out.note('緑茶 緑茶 緑茶 緑茶 緑茶'), ['緑茶 緑茶 緑茶 緑茶', '緑茶']],
    [
      'a command line in a message',
      (out) => out.note('not there; to create it: dbtool users create --username ada, then: dbtool users list'),
      ['not there; to create', 'it:', 'dbtool users create --username ada,', 'then:', 'dbtool users list'],
    ],
    ['a line to copy', (out) => out.commandLine(`$ dbtool users get ${path}`), [`$ dbtool users get ${path}`]],
  ])('%s', (_what, print, lines) => expect(linesOf(print, 20)).toEqual(lines))

  it.each([
    ['of many characters', '12 s  1000/s  wait 0.0 ms  5 in use', '12 s  1000/s  wait…'],
    ['of wide characters', '緑茶 緑茶 緑茶 緑茶 緑茶', '緑茶 緑茶 緑茶 緑…'],
    ['that fits', '12 of 40 users …', '12 of 40 users …'],
  ])('a status line %s stays in one line, because only one is cleared', (_what, line, drawn) => {
    const print = (out: Reporter): void => {
      out.progress().show(() => line)
      out.note('done')
    }
    expect(linesOf(print, 20)).toEqual([`${drawn}\u001B[2K\u001B[1Gdone`])
  })

  it('an error is wrapped with its faults and its hint', () => {
    let text = ''
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 30 })
    stderr.on('data', (chunk) => (text += String(chunk)))
    const faults = ["line 2: the price '1,50' has a comma", 'line 3: no sku']
    const hint = 'correct the lines; see: dbtool products import --help'
    writeError(new DbtoolError('BAD_INPUT', 'prices.csv: 2 lines cannot be imported', { faults, hint }), [], {
      stderr,
      env: { NO_COLOR: '1' },
    })
    expect(text.split('\n')).toEqual([
      'error: prices.csv: 2 lines',
      'cannot be imported',
      "  - line 2: the price '1,50'",
      '    has a comma',
      '  - line 3: no sku',
      'hint: correct the lines; see:',
      'dbtool products import --help',
      '',
    ])
  })

  it.each([undefined, 0])('are not wrapped in a file, or where the width is not known (%s)', (columns) => {
    expect(linesOf((out) => out.note(sentence.repeat(5)), columns)).toEqual([sentence.repeat(5)])
  })
})
