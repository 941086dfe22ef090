/**
 * The values of `--format` and `--color`. They are separate from the code behind them, so that parsing a command line
 * loads no libraries.
 */
export const formats = ['table', 'vertical', 'json', 'ndjson', 'csv', 'tsv', 'markdown', 'ids', 'count'] as const
export type Format = (typeof formats)[number]

export const colourChoices = ['auto', 'always', 'never'] as const
export type ColourChoice = (typeof colourChoices)[number]

const endings: Readonly<Record<string, Format>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  tsv: 'tsv',
  md: 'markdown',
}

export const isStandardOutput = (path: string): boolean => path === '-' || path === '/dev/stdout'

/** The format that the extension of a file name stands for. */
export function formatOfFile(path: string): Format | undefined {
  return endings[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '']
}
