import type { Noun, Note, ViewDocs, Term, CommandDocs, Verb } from './describe.ts'

/** A page of the reference, by the name of its file. */
export type Pages = Readonly<Record<string, string>>

const notice = '<!-- Generated from the definitions of the commands by `npm run docs`; changes made here are lost. -->'

/** The pages of docs/reference/. */
export function reference(docs: CommandDocs): Pages {
  const pages = docs.nouns.map((noun): [string, string] => [`${noun.name}.md`, pageOf(noun)])
  return { 'README.md': contents(docs), 'flags.md': flags(docs), ...Object.fromEntries(pages) }
}

function contents({ about, nouns }: CommandDocs): string {
  const groups = [...new Set(nouns.map(({ group }) => group))]
  const rowOf = (noun: Noun): string => {
    const links = noun.verbs.map((verb) => linkTo(noun, verb)).join(', ')
    return `| [${noun.name}](${noun.name}.md) | ${cell(noun.about)} | ${links} |`
  }
  const rows = (group: string): string[] => nouns.filter((noun) => noun.group === group).map(rowOf)
  const tables = groups.flatMap((group) => [`## ${group}`, '', '| | | |', '|---|---|---|', ...rows(group), ''])
  return page('Reference', [
    about,
    '',
    'See also: [global flags](flags.md), [presets](presets.md), [exit codes](../exit-codes.md),',
    '[output formats](../formats.md).',
    '',
    ...tables,
  ])
}

function linkTo(noun: Noun, verb: Verb): string {
  return verb.path === noun.name
    ? ''
    : `[${verb.path.slice(noun.name.length + 1)}](${noun.name}.md#dbtool-${verb.path.replaceAll(' ', '-')})`
}

function flags(docs: CommandDocs): string {
  const groups = docs.flags.flatMap(({ heading, options }) => [`## ${heading}`, '', ...table(options), ''])
  return page('Global flags', [
    'Every command takes these flags, before the noun or after the verb. If a verb has a flag of the same name, place',
    'the flag of the connection before the noun: `dbtool --user root orders place --user ada`.',
    '',
    ...groups,
    'See [connecting](../connecting.md) for the sources of each value, [output](../formats.md) for formats and files.',
    '',
  ])
}

function pageOf({ name, about, verbs }: Noun): string {
  const sections = verbs.flatMap((verb) => section(verb))
  return page(`dbtool ${name}`, [
    ...(verbs.some(({ path }) => path === name) ? [] : [sentence(about), '']),
    ...sections,
    '[Global flags](flags.md) · [exit codes](../exit-codes.md) · [all commands](README.md)',
    '',
  ])
}

function section({ path, usage, about, args, options, notes, examples, views }: Verb): string[] {
  const heading = path.includes(' ') ? [`## dbtool ${path}`, ''] : []
  return [
    ...heading,
    sentence(about),
    '',
    ...fenced('', [usage]),
    '',
    ...(args.length + options.length === 0 ? [] : [...table([...args, ...options]), '']),
    ...notes.flatMap(note),
    ...(examples.length === 0
      ? []
      : [
          ...fenced(
            'console',
            examples.map((example) => `$ ${example}`),
          ),
          '',
        ]),
    ...views.flatMap((view) => [columns(view), '']),
  ]
}

function note({ heading, terms, text }: Note): string[] {
  const title = heading === undefined ? '' : `**${heading}.** `
  return terms.length === 0
    ? [`${title}${plain(text)}`, '']
    : [...(title === '' ? [] : [title.trim(), '']), ...table(terms), '']
}

function columns({ flag, columns: names, nested }: ViewDocs): string {
  const inside = nested.map((list) => `; \`${list.name}\`, a list of ${codes(list.columns)}`).join('')
  return `Columns${flag === undefined ? '' : ` with \`${flag}\``}: ${codes(names)}${inside}.`
}

const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
const table = (terms: readonly Term[]): string[] => [
  '| | |',
  '|---|---|',
  ...terms.map(({ term, about }) => `| \`${term.replaceAll('|', '\\|')}\` | ${cell(about)} |`),
]
const cell = (text: string): string => plain(text).replaceAll('|', '\\|')
/** Escapes the characters that Markdown would interpret. */
const plain = (text: string): string => text.replace(/[\\*`]/g, '\\$&').replaceAll('<', '&lt;')
const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${plain(text.slice(1))}${/[.?!]$/.test(text) ? '' : '.'}`
const fenced = (language: string, lines: readonly string[]): string[] => [`\`\`\`${language}`, ...lines, '```']
export const page = (title: string, lines: readonly string[]): string => [notice, `# ${title}`, '', ...lines].join('\n')
