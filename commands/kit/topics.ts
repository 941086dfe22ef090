import type { Help } from 'commander'
import { type Format, formats } from '../../src/output/choices.ts'
import { exitEntries, otherVariables, settingEntries } from './env-docs.ts'
import { globalGroups } from './globals.ts'
import { blocks, type Entry, helpWidth } from './help.ts'

const kinds: Readonly<Record<Format, string>> = {
  table: 'for people; the default',
  vertical: 'each row as a block of lines, for wide rows',
  json: 'an array, or one object; errors are objects too',
  ndjson: 'one object a line',
  csv: 'with a header, for spreadsheets',
  tsv: 'with tabs, for cut and awk',
  markdown: 'a table to paste into a page',
  ids: 'the ids alone, for xargs',
  count: 'how many there are',
}

const precedence: readonly Entry[] = [
  ['1', 'flags: --url, --host …'],
  ['2', 'the profile named by --profile, then the file of --defaults-file'],
  ['3', 'DB_… variables of the environment, then the profile of DBTOOL_PROFILE'],
  ['4', 'DB_… variables of .env, or of --env-file'],
  ['5', 'the default profile of .dbtool.json'],
  ['6', 'the private server of dbtool server start, while it runs'],
  ['7', 'defaults: localhost:3306'],
]

export const topics: Readonly<Record<string, () => Topic>> = {
  connecting: () => ({
    about: 'Where dbtool connects to, and as whom',
    text: 'With a private server (dbtool server start) nothing needs to be said. Otherwise the first of these that says it counts; dbtool config show tells which one did.',
    groups: [['What counts first:', precedence], ...flagsOf('Where to connect:')],
    examples: [
      'dbtool connection test --url mariadb://ada@db.example.com/shop',
      'dbtool config show',
      'dbtool users list --profile staging',
    ],
  }),
  formats: () => ({
    about: 'What comes out, and how',
    text: 'Data goes to standard output, everything for a person to standard error. Money is text with two decimals, times are ISO 8601 in UTC.',
    groups: [
      ['--format:', formats.map((format): Entry => [format, kinds[format]])],
      ...flagsOf('What comes out:', 'What people see:'),
    ],
    examples: [
      'dbtool users list --json --fields id,email',
      'dbtool orders list --format csv -o orders.csv',
      'dbtool products list --field sku',
    ],
  }),
  environment: () => ({
    about: 'The variables that dbtool reads',
    text: 'DB_… variables may also stand in .env. Durations are 250ms, 5s, 1m; a bare number is seconds.',
    groups: [
      ['The database:', settingEntries('the user of this system')],
      ['More:', otherVariables],
    ],
    examples: ['dbtool config show', 'dbtool users list --env-file staging.env'],
  }),
  'exit-codes': () => ({
    about: 'What the exit code says',
    text: 'With --json, the error on standard error has one of the codes in brackets. They are never renamed.',
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

/** A page of the help that belongs to no command. */
interface Topic {
  readonly about: string
  readonly text: string
  readonly groups: readonly (readonly [heading: string, entries: readonly Entry[]])[]
  /** Command lines; a test parses each. */
  readonly examples: readonly string[]
}

/** As wide as the terminal. */
export function topicPage({ about, text, groups, examples }: Topic, helper: Help): string {
  const wrapped = helper.boxWrap(text, helper.helpWidth ?? helpWidth)
  return [
    about,
    '',
    wrapped,
    ...blocks(groups, helper),
    '',
    'Examples:',
    ...examples.map((line) => `  $ ${line}`),
    '',
  ].join('\n')
}
