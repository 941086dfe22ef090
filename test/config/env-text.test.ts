import { parse } from 'dotenv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEnvText } from '../../src/config/env-text.ts'

describe('an env file', () => {
  it('has the variables that dotenv reads, whatever its lines are', () => {
    const piece = fc.constantFrom(
      ...[
        'A',
        'B=',
        '=',
        ':',
        ': ',
        ' ',
        '\t',
        '\n',
        '\n\n',
        '\r\n',
        '#',
        '"',
        "'",
        '`',
        '\\',
        '\\"',
        '\\n',
        'export ',
      ],
      ...['x', 'é', '-', '.', 'A="', "A='", '"\n', '" # c\n', 'A=b\n'],
    )
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, (content) => {
        expect(parseEnvText(content).texts).toEqual(parse(content))
      }),
      { numRuns: 3_000 },
    )
  })

  it.each<[content: string, texts: object, unreadable: number[]]>([
    ['', {}, []],
    ['A=1\n\n \n# c\n  # d\nB=2', { A: '1', B: '2' }, []],
    ['A="1\n2\n3" # c\nwrong\nB=2\nand this', { A: '1\n2\n3', B: '2' }, [4, 6]],
    ['A="1\nB=2', { A: '"1', B: '2' }, []],
    ["A='1' 2\n'3'", { A: "'1' 2" }, [2]],
    ['export A=1\r\nB: 2\rC\n= 3', { A: '1', B: '2', C: '3' }, []],
    ['=1\nA\n\n\n', {}, [1, 2]],
  ])('%j', (content, texts, unreadable) => {
    expect(parseEnvText(content)).toMatchObject({ texts, unreadable })
  })

  it('of blank lines has none', () => {
    expect(parseEnvText('\n'.repeat(20_000))).toEqual({ texts: {}, assignments: [], unreadable: [] })
  })

  it('has the text of each assignment', () => {
    const content = 'A=1 # c\n\nexport B="2\n3" # d\n# e\n'
    expect(parseEnvText(content).assignments).toEqual(['A=1 # c', 'export B="2\n3" # d'])
  })
})
