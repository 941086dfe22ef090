import { styleText } from 'node:util'

type Key = readonly [key: string, action: string]

const keysToSelect: readonly Key[] = [
  ['↑↓', 'navigate'],
  ['⏎', 'select'],
  ['Ctrl-C', 'cancel'],
]

const keysOf: Readonly<Record<'select' | 'search' | 'checkbox', readonly Key[]>> = {
  select: keysToSelect,
  search: keysToSelect,
  checkbox: [
    ['↑↓', 'navigate'],
    ['space', 'select'],
    ['⏎', 'submit'],
    ['Ctrl-C', 'cancel'],
  ],
}

const asciiKeys: Readonly<Record<string, string>> = { '↑↓': 'up/down', '⏎': 'enter' }

interface ListOnScreen {
  readonly kind: keyof typeof keysOf
  /** Of a search: the most that it can find. */
  readonly choices: number
  /** The lines of the terminal; undefined if unknown. */
  readonly rows: number | undefined
  readonly columns: number
  /** The lines that the question takes besides its choices and the line of keys. */
  readonly otherLines: number
  readonly isAscii: boolean
}

interface ListLayout {
  /** The number of visible choices. */
  readonly pageSize: number
  /** The keys, the way out, and the number of visible choices if not all of them are. */
  readonly help: string
}

const unknownRows = 16

/** Fits a list and the line of its keys on the screen, so that neither its question nor a choice scrolls away. */
export function layOutList({
  kind,
  choices,
  rows = unknownRows,
  columns,
  otherLines,
  isAscii,
}: ListOnScreen): ListLayout {
  const help = (visible: number): string[] => {
    const keys = keysOf[kind].map(([key, action]): Key => [isAscii ? (asciiKeys[key] ?? key) : key, action])
    const notes: Key[] =
      visible < choices && kind !== 'search' ? [...keys, [`${String(visible)} of ${String(choices)}`, 'shown']] : keys
    return inLines(notes, isAscii ? ', ' : ' • ', columns)
  }
  const pageFor = (lines: readonly string[]): number => Math.max(1, Math.min(choices, rows - otherLines - lines.length))
  const complete = help(choices)
  if (pageFor(complete) === choices) return { pageSize: choices, help: complete.join('\n') }
  const pageSize = pageFor(help(0))
  return { pageSize, help: help(pageSize).join('\n') }
}

/** Never breaks a key from its action. */
function inLines(keys: readonly Key[], separator: string, columns: number): string[] {
  const lines: { width: number; text: string }[] = []
  for (const [key, action] of keys) {
    const last = lines.at(-1)
    const text = `${styleText('bold', key)} ${styleText('dim', action)}`
    const width = key.length + 1 + action.length
    if (last === undefined || last.width + separator.length + width >= columns) lines.push({ width, text })
    else
      lines.splice(-1, 1, {
        width: last.width + separator.length + width,
        text: `${last.text}${styleText('dim', separator)}${text}`,
      })
  }
  return lines.map(({ text }) => text)
}
