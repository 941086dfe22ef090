import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { layOutList } from '../../src/prompts/list-layout.ts'

const usual = { kind: 'select', choices: 21, rows: 24, columns: 80, otherLines: 2, isAscii: false } as const
const keys = '↑↓ navigate • ⏎ select • Ctrl-C cancel'

describe('a list on a terminal', () => {
  it.each([
    ['that has space for all', {}, 21, keys],
    ['without a known size', { rows: undefined }, 13, `${keys} • 13 of 21 shown`],
    ['of 20 lines', { rows: 20, columns: 60 }, 17, `${keys} • 17 of 21 shown`],
    ['of 40 columns', { rows: 12, columns: 40 }, 8, `${keys}\n8 of 21 shown`],
    ['of hardly any columns', { columns: 10 }, 18, '↑↓ navigate\n⏎ select\nCtrl-C cancel\n18 of 21 shown'],
    ['of hardly any lines', { rows: 3 }, 1, `${keys} • 1 of 21 shown`],
    ['whose choices have notes', { otherLines: 3 }, 20, `${keys} • 20 of 21 shown`],
    ['that searches, so that nobody knows the number', { kind: 'search', choices: 12, rows: 12 }, 9, keys],
    [
      'that takes several',
      { kind: 'checkbox', rows: 10 },
      7,
      '↑↓ navigate • space select • ⏎ submit • Ctrl-C cancel • 7 of 21 shown',
    ],
    ['of ASCII', { isAscii: true, rows: 20 }, 17, 'up/down navigate, enter select, Ctrl-C cancel, 17 of 21 shown'],
  ] as const)('%s', (_what, different, pageSize, help) => {
    const layout = layOutList({ ...usual, ...different })
    expect([layout.pageSize, stripVTControlCharacters(layout.help)]).toEqual([pageSize, help])
  })
})
