import type { Help } from 'commander'
import { type Format, formats } from '../../src/output/choices.ts'
import { exitEntries, otherVariables, settingEntries } from './env-docs.ts'
import { globalGroups } from './globals.ts'
import { blocks, type Entry, exampleLine, helpWidth } from './help.ts'

const formatDocs: Readonly<Record<Format, string>> = {
  table: 'a table for people (default)',
  vertical: 'one block of lines per row, for wide rows',
  json: 'an array, or one object; errors are objects too',
  ndjson: 'one object per line',
  csv: 'comma-separated with a header, for spreadsheets',
  tsv: 'tab-separated, for cut and awk',
  markdown: 'a table to paste into a page',
  ids: 'ids only, for xargs',
  count: 'the number of rows',
}

const precedence: readonly Entry[] = [
  ['1', 'flags: --url, --host …'],
  ['2', 'the profile of --profile, then the file of --defaults-file'],
  ['3', 'DB_… variables of the environment, then the profile in DBTOOL_PROFILE'],
  ['4', 'DB_… variables of .env, or of --env-file'],
  ['5', 'the default profile of .dbtool.json'],
  ['6', 'the private server (dbtool server start), while it runs'],
  ['7', 'defaults: localhost:3306'],
]

export const topics: Readonly<Record<string, () => Topic>> = {
  connecting: () => ({
    about: 'The target of a command: server, database and user',
    text:
      'A private server (dbtool server start) needs no settings. Otherwise dbtool looks each value up in this order, ' +
      'and the first place that has it wins. dbtool config show names the source of each value.',
    groups: [['Precedence:', precedence], ...flagsOf('Connection:')],
    examples: [
      'dbtool connection test --url mariadb://ada@db.example.com/shop',
      'dbtool config show',
      'dbtool users list --profile staging',
    ],
  }),
  formats: () => ({
    about: 'Output formats',
    text:
      'Data goes to standard output, messages go to standard error. Money is text with two decimals; ' +
      'times are ISO 8601 in UTC.',
    groups: [
      ['--format:', formats.map((format): Entry => [format, formatDocs[format]])],
      ...flagsOf('Output:', 'Messages:'),
    ],
    examples: [
      'dbtool users list --json --fields id,email',
      'dbtool orders list --format csv -o orders.csv',
      'dbtool products list --field sku',
    ],
  }),
  environment: () => ({
    about: 'Environment variables',
    text:
      'dbtool reads DB_… variables from the environment and from .env. Write durations as 250ms, 5s or 1m; ' +
      'a bare number means seconds.',
    groups: [
      ['Database:', settingEntries('your user name on this system')],
      ['Other:', otherVariables],
    ],
    examples: ['dbtool config show', 'dbtool users list --env-file staging.env'],
  }),
  'exit-codes': () => ({
    about: 'Exit codes and their meaning',
    text:
      'With --json, the error object on standard error has one of the codes in brackets. ' +
      'These codes never change.',
    groups: [['Exit codes:', exitEntries()]],
    examples: ['dbtool users get ada --json', 'dbtool db status --quiet'],
  }),
}

function flagsOf(...headings: readonly string[]): [string, Entry[]][] {
  return globalGroups()
    .filter(([heading]) => headings.includes(heading))
    .map(([heading, ...options]) => [
      heading,
      options.filter(({ hidden }) => !hidden).map(({ flags, description }): Entry => [flags, description]),
    ])
}

/** A help page that belongs to no command. */
interface Topic {
  readonly about: string
  readonly text: string
  readonly groups: readonly (readonly [heading: string, entries: readonly Entry[]])[]
  /** Command lines; a test parses each. */
  readonly examples: readonly string[]
}

/** Formats a topic to the width of the terminal. */
export function topicPage({ about, text, groups, examples }: Topic, helper: Help): string {
  const width = helper.helpWidth ?? helpWidth
  return [
    about,
    '',
    helper.boxWrap(text, width),
    ...blocks(groups, helper),
    '',
    'Examples:',
    ...examples.map((line) => exampleLine(line, width)),
    '',
  ].join('\n')
}
