import type { Entry } from '../kit/help.ts'
import { exitEntries, otherVariables, settingEntries } from '../kit/env-docs.ts'
import { bold, entry, heading, roff, verbatim } from './roff.ts'
import type { Noun, Term, CommandDocs, Verb } from './describe.ts'

const examples = [
  'dbtool server start',
  'dbtool db migrate',
  'dbtool users create --username ada --email ada@example.com --generate-password',
  'dbtool products create --sku TEA-1 --name "Green tea" --price 4.50 --stock 100',
  'dbtool orders place --user ada --item TEA-1:2',
  'dbtool report top-products --chart',
  'dbtool pool tune --sql "SELECT COUNT(*) FROM information_schema.COLUMNS"',
]

/** dbtool(1). It has no date: the same definitions make the same page. */
export function manPage(docs: CommandDocs, version: string): string {
  const lines = [
    '.\\" Made from the definitions of the commands by `npm run docs`; changes made here are lost.',
    `.TH DBTOOL 1 "" "dbtool ${roff(version)}" "User Commands"`,
    // Names of codes and flags must not be hyphenated.
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
    'Every command takes these, before the noun or after the verb.',
    ...docs.flags.flatMap(({ heading: text, options }) => [heading('SS', text), ...entries(options)]),
    heading('SH', 'ENVIRONMENT'),
    'Flags win over variables, and variables over those in the env file; times are 250ms, 5s, 1m, or bare seconds.',
    ...entries(terms([...settingEntries('the name of the user of the operating system'), ...otherVariables])),
    heading('SH', 'FILES'),
    ...entries(terms(files)),
    heading('SH', 'EXIT STATUS'),
    'In parentheses, what an error is called with \\-\\-json.',
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
  ['.env', 'variables of the project, in the current folder; another one with --env-file'],
  ['.dbtool.json', 'profiles of the project, in the current folder or the nearest one above'],
  ['~/.config/dbtool/config.json', 'your own profiles'],
  ['~/.local/share/dbtool/server', 'the private server; of root: /var/lib/dbtool/server'],
]

const description = [
  'Users, addresses, products and orders that cannot oversell; reports, imports, exports and migrations; and load on connection pools, to find out how large yours should be.',
  'It brings a private MariaDB, and works as well on yours.',
  '.PP',
  roff(
    'Data goes to standard output, everything for a person to standard error. Questions are asked on a terminal only; elsewhere every missing value is named at once, with exit code 2.',
  ),
]

const entries = (all: readonly Term[]): string[] => all.flatMap(entry)
const terms = (all: readonly Entry[]): Term[] => all.map(([term, about]) => ({ term, about }))

function nounSection({ name, about, verbs }: Noun): string[] {
  const intro = verbs.some(({ path }) => path === name) ? [] : [roff(about)]
  return [heading('SS', `dbtool ${name}`), ...intro, ...verbs.flatMap(verbEntry)]
}

function verbEntry({ usage, about, args, options }: Verb): string[] {
  const below = [...args, ...options]
  return [
    ...entry({ term: usage, about: `${about}${/[.?!]$/.test(about) ? '' : '.'}` }),
    ...(below.length === 0 ? [] : ['.RS', ...entries(below), '.RE']),
  ]
}
