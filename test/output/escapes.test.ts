import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DbtoolError } from '../../src/errors.ts'
import { asciiControls, escapeControls } from '../../src/output/cell.ts'
import { formats, type Format } from '../../src/output/choices.ts'
import { writeError } from '../../src/output/error.ts'
import { Output } from '../../src/output/output.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { InteractiveAsk } from '../../src/prompts/interactive.ts'

/**
 * Colours, the clipboard (OSC 52), a title, a line that overwrites itself, C1 codes, marks that reorder text, a false
 * line.
 */
const evil =
  'a\u001b[31m\u001b]52;c;aGk=\u0007\u001b]0;t\u001b\\\rb\u009b2J\u009d\u202e\u2066\u200f\u2028c\nerror: d\u007f'
const treacherous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

function screens(isTTY = true) {
  const texts = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') =>
    Object.assign(new PassThrough(), { isTTY, columns: 120 }).on('data', (chunk) => (texts[name] += String(chunk)))
  return { texts, streams: { stdout: stream('stdout'), stderr: stream('stderr'), env: { NO_COLOR: '1' } } }
}

const view: View = {
  columns: [number('id'), text('name')],
  id: 'id',
  empty: evil,
  nested: { name: 'items', view: { columns: [text('name')], id: 'name' } },
}
const row = { id: 1, name: evil, items: [{ name: evil }] }

describe('text from the database never reaches a terminal raw', () => {
  it('in tables and everything for people', () => {
    const { texts, streams } = screens()
    const out = new Output({
      ...streams,
      format: 'table',
      colour: 'auto',
      quiet: false,
      raw: false,
      signal: new AbortController().signal,
    })
    out.list(view, [row])
    out.item(view, row)
    out.list(view, [])
    for (const say of ['success', 'note', 'warn', 'heading', 'secret', 'trace'] as const) out[say](evil)
    expect(texts.stdout).not.toMatch(treacherous)
    expect(texts.stderr).not.toMatch(treacherous)
    expect(texts.stdout).toContain('\\u001b]52;c;aGk=\\u0007')
    for (const output of [texts.stdout, texts.stderr]) expect(output).not.toMatch(/^error: d/m)
  })

  it('in errors, of either kind', () => {
    const error = new DbtoolError('NOT_FOUND', evil, { hint: evil, faults: [evil, evil], cause: new Error(evil) })
    for (const argv of [[], ['-v'], ['--json']]) {
      const { texts, streams } = screens()
      writeError(error, argv, streams)
      expect(texts.stderr).not.toMatch(treacherous)
      if (argv.length === 0) expect(texts.stderr.match(/^error: /gm)).toHaveLength(1)
      if (argv[0] === '--json') expect(JSON.parse(texts.stderr)).toMatchObject({ error: { message: evil, hint: evil } })
    }
  })

  it('in questions', async () => {
    const { texts, streams } = screens()
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined })
    const abort = new AbortController()
    const asking = new InteractiveAsk(
      { stdin, stderr: streams.stderr, signal: abort.signal },
      { escapeControls, fit: (text) => text, wrap: (text) => text, isAscii: false },
    ).confirm({ message: evil, yes: false })
    while (!texts.stderr.includes('\\u001b]52')) await sleep(5)
    abort.abort()
    await expect(asking).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(texts.stderr).toContain('\\u001b]52')
    expect(texts.stderr).not.toMatch(/\u001b\]52|\u0007|\u009b|\u202e/)
  })
})

describe('data stays data', () => {
  const written = (format: Format, isTTY = true): string => {
    const { texts, streams } = screens(isTTY)
    new Output({
      ...streams,
      format,
      colour: 'auto',
      quiet: false,
      raw: false,
      signal: new AbortController().signal,
    }).list(view, [row])
    return texts.stdout
  }

  it('JSON escapes what a terminal would obey, and means the same', () => {
    for (const format of ['json', 'ndjson'] as const)
      expect(written(format).replaceAll('\n', '')).not.toMatch(treacherous)
    expect(JSON.parse(written('json'))).toEqual([row])
    expect(asciiControls('{"é": "😀"}')).toBe('{"é": "😀"}')
  })

  it('csv in a pipe is left as it is', () =>
    expect(written('csv', false)).toBe(`id,name,items_name\n1,"${evil}","${evil}"\n`))

  it.each(formats)('%s ends with a line break', (format) => expect(written(format).at(-1)).toBe('\n'))
})
