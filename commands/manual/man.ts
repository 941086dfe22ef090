import type { Entry } from '../kit/help.ts'
import { exitEntries, otherVariables, settingEntries } from '../kit/env-docs.ts'
import { bold, entry, heading, roff, verbatim } from './roff.ts'
import type { Noun, Note, Term, CommandDocs, Verb } from './describe.ts'

const examples = [
  'dbtool server start',
  'dbtool db migrate',
  'dbtool users create --username ada --email ada@example.com --generate-password',
  'dbtool products create --sku TEA-1 --name "Green tea" --price 4.50 --stock 100',
  'dbtool orders place --user ada --item TEA-1:2',
  'dbtool report top-products --chart',
  'dbtool pool tune --sql "SELECT COUNT(*) FROM information_schema.COLUMNS"',
]

/** The man page dbtool(1). It has no date, so the same definitions give the same page. */
export function manPage(docs: CommandDocs, version: string): string {
  const lines = [
    '.\\" Generated from the definitions of the commands by `npm run docs`; changes made here are lost.',
    `.TH DBTOOL 1 "" "dbtool ${roff(version)}" "User Commands"`,
    // Hyphenation would break the names of codes and flags.
    '.nh',
    '.ad l',
    heading('SH', 'NAME'),
    'dbtool \\- a shop on MariaDB, and a laboratory for its connection pool',
    heading('SH', 'SYNOPSIS'),
    `${bold('dbtool')} [options] \\fInoun\\fR \\fIverb\\fR [arguments] [options]`,
    heading('SH', 'DESCRIPTION'),
    ...description,
    heading('SH', 'COMMANDS'),
    ...docs.nouns.flatMap(nounSection),
    heading('SH', 'OPTIONS'),
    'Every command takes these options, before the noun or after the verb.',
    ...docs.flags.flatMap(({ heading: text, options }) => [heading('SS', text), ...entries(options)]),
    heading('SH', 'ENVIRONMENT'),
    'Flags take precedence over variables, and variables over those in the env file.',
    'Write durations as 250ms, 5s or 1m; a bare number means seconds.',
    ...entries(terms([...settingEntries('your user name on this system'), ...otherVariables])),
    heading('SH', 'FILES'),
    ...entries(terms(files)),
    heading('SH', 'EXIT STATUS'),
    'The codes of errors with \\-\\-json are in parentheses.',
    ...entries(terms(exitEntries())),
    heading('SH', 'EXAMPLES'),
    ...verbatim(examples),
    heading('SH', 'SEE ALSO'),
    '.BR mariadb (1),',
    '.BR mariadbd (8),',
    '.BR my_print_defaults (1)',
  ]
  return `${lines.join('\n')}\n`
}

const files: readonly Entry[] = [
  ['.env', 'variables of the project, in the current folder; --env-file names another file'],
  ['.dbtool.json', 'profiles of the project, in the current folder or the nearest one above'],
  ['~/.config/dbtool/config.json', 'your own profiles'],
  ['~/.local/share/dbtool/server', 'the private server; for root: /var/lib/dbtool/server'],
]

const description = [
  'dbtool manages users, addresses, products and orders, and never sells more than is in stock.',
  'It also covers reports, imports, exports and migrations, and load tests that find the size of a connection pool.',
  'It can start a private MariaDB, and works as well on an existing one.',
  '.PP',
  roff(
    'Data goes to standard output, messages go to standard error. Only on a terminal does dbtool ask questions; ' +
      'elsewhere one error names all missing values, with exit code 2.',
  ),
]

const entries = (all: readonly Term[]): string[] => all.flatMap(entry)
const terms = (all: readonly Entry[]): Term[] => all.map(([term, about]) => ({ term, about }))

function nounSection({ name, about, verbs }: Noun): string[] {
  const intro = verbs.some(({ path }) => path === name) ? [] : [roff(about)]
  return [heading('SS', `dbtool ${name}`), ...intro, ...verbs.flatMap(verbEntry)]
}

function verbEntry({ usage, about, args, options, notes }: Verb): string[] {
  const below = [...entries([...args, ...options]), ...notes.flatMap(noteLines)]
  return [
    ...entry({ term: usage, about: `${about}${/[.?!]$/.test(about) ? '' : '.'}` }),
    ...(below.length === 0 ? [] : ['.RS', ...below, '.RE']),
  ]
}

function noteLines({ heading: title, terms: listed, text }: Note): string[] {
  const label = title === undefined ? '' : `${roff(title)}: `
  return ['.PP', `${label}${roff(text)}`, ...entries(listed)]
}
