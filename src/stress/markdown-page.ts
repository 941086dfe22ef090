import { escapeMarkdown } from '../markdown-escape.ts'
import { number, type About } from './page.ts'

interface MarkdownPage {
  readonly title: string
  readonly about: About
  /** Tables above all else, such as missed thresholds. */
  readonly first?: readonly MarkdownTable[]
  /** The verdict and the other conclusions; a line that begins with a space is a line to paste. */
  readonly sentences: readonly string[]
  readonly tables: readonly MarkdownTable[]
}

interface MarkdownTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A report in GitHub Flavored Markdown, for a pull request or the summary of a CI job. */
export function markdownPage({ title, about, first = [], sentences, tables }: MarkdownPage): string {
  const { command, server, date, settings, versions } = about
  const facts = [...Object.entries(versions), ['server', server], ['date', date], ...Object.entries(settings)]
  return [
    `## ${escaped(title)}`,
    ...first.map(tableText),
    ...paragraphs(sentences),
    fenced('sh', command),
    ...tables.map(tableText),
    '<details><summary>Settings and versions</summary>',
    tableText({ columns: ['setting', 'value'], rows: facts.map(([name = '', value = '']) => [name, value]) }),
    '</details>',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

/** Sentences as a list, and lines to paste as blocks of code. */
function paragraphs(sentences: readonly string[]): string[] {
  const parts: { code: boolean; lines: string[] }[] = []
  for (const sentence of sentences) {
    const code = sentence.startsWith(' ')
    const last = parts.at(-1)
    const line = code ? sentence.slice(2) : `- ${escaped(sentence)}`
    if (last?.code === code) last.lines.push(line)
    else parts.push({ code, lines: [line] })
  }
  return parts.map(({ code, lines }) => (code ? fenced('', lines.join('\n')) : lines.join('\n')))
}

/** A block of code; its fence is longer than every run of backticks in the text. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

function tableText({ columns, rows }: MarkdownTable): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`
  const isAligned = (at: number): boolean => rows.every((row) => number.test(row[at] ?? ''))
  const rule = columns.map((_, at) => (isAligned(at) ? '---:|' : '---|')).join('')
  return [line(columns), `|${rule}`, ...rows.map(line)].join('\n')
}

/** A cell or a sentence on one line. */
const escaped = (text: string): string => escapeMarkdown(text.replace(/[\r\n]+/g, ' '))
