/**
 * What `--format` and `--color` can be: apart from what makes them, so that a command line is read without their
 * libraries.
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

/** What the name of a file says about what is in it. */
export function formatOfFile(path: string): Format | undefined {
  return endings[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '']
}
