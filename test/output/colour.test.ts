import { describe, expect, it } from 'vitest'
import { colourFor } from '../../src/output/colour.ts'
import { dbtool } from '../support/cli.ts'

const coloured = 'x'.length + '\u001b[31m\u001b[39m'.length

describe('colour', () => {
  it.each([
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
    ['auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['auto', { FORCE_COLOR: '' }, true, true],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { TERM: 'dumb' }, true, false],
  ] as const)('--color %s with %j on a terminal (%s): %s', (choice, env, isTerminal, expected) => {
    expect(colourFor(choice, env, isTerminal).red('x').length).toBe(expected ? coloured : 1)
  })

  it.each([
    ['users lst --color always', {}, undefined, true],
    ['--color=always users lst', {}, undefined, true],
    ['users lst', {}, 80, true],
    ['users lst --color never', { FORCE_COLOR: '1' }, 80, false],
    ['users lst', { NO_COLOR: '1' }, 80, false],
    ['users lst', {}, undefined, false],
    ['users lst --json --color always', {}, 80, false],
  ])('of an error: dbtool %s with %j', async (line, env, columns, expected) => {
    const { stderr } = await dbtool(line, { env, ...(columns === undefined ? {} : { columns }) })
    expect(stderr.includes('\u001b[31merror:')).toBe(expected)
  })
})
