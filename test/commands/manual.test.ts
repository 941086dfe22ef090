import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { manual } from '../../commands/manual/index.ts'
import { roff } from '../../commands/manual/roff.ts'
import { exits } from '../../commands/kit/env-docs.ts'
import { verbs } from '../support/verbs.ts'

const pages = await manual()
const isShown = (command: Command): boolean =>
  command.parent === null ||
  (command.createHelp().visibleCommands(command.parent).includes(command) && isShown(command.parent))
const paths = (await verbs()).filter(([, verb]) => isShown(verb)).map(([path]) => path)

describe('the pages that are made from the definitions of the commands', () => {
  it.each(Object.entries(pages))('%s is as it would be made now', (path, text) => {
    expect(readFileSync(path, 'utf8') === text, `${path} is out of date: run npm run docs`).toBe(true)
  })

  it('there are no others', () => {
    expect(
      readdirSync('docs/reference')
        .map((name) => `docs/reference/${name}`)
        .sort(),
    ).toEqual(
      Object.keys(pages)
        .filter((path) => path.endsWith('.md'))
        .sort(),
    )
  })

  it.each(paths)('dbtool %s has its section in the reference and in the manual', (path) => {
    expect(pages[`docs/reference/${path.split(' ')[0]!}.md`]).toContain(`# dbtool ${path}\n`)
    expect(pages['docs/dbtool.1']).toContain(`dbtool ${path} `.replaceAll('-', '\\-'))
  })

  it('links lead somewhere', () => {
    const links = Object.entries(pages).flatMap(([path, text]) =>
      [...text.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)].map(([, file = '', section]) => ({
        path: join(path, '..', file),
        section,
      })),
    )
    expect(links.length).toBeGreaterThan(100)
    for (const { path, section } of links) {
      const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        heading.toLowerCase().replaceAll(' ', '-'),
      )
      if (section !== undefined) expect(headings).toContain(section)
    }
  })

  it('exit codes are those of docs/exit-codes.md', () => {
    const page = readFileSync('docs/exit-codes.md', 'utf8')
    for (const [exit, about] of Object.entries(exits))
      expect(page).toMatch(Number(exit) < 128 ? `\n| ${exit} | ${about} |\n` : about)
  })
})

describe('the manual', () => {
  it.each([
    ['a flag', '--dry-run', '\\-\\-dry\\-run'],
    ['a backslash', 'C:\\new', 'C:\\enew'],
    ['a dot at the beginning', '.env', '\\&.env'],
    ['a dot elsewhere', 'the .env', 'the .env'],
    ['a dot at the beginning of a later line', 'a\n.b', 'a\n\\&.b'],
    ['quotes', `'a' "b" \`c\``, '\\(aqa\\(aq \\(dqb\\(dq \\(gac\\(ga'],
    ['what is not ASCII', 'DB_…', 'DB_\\[u2026]'],
    ['what is beyond the first plane', '😀', '\\[u1F600]'],
  ])('%s', (_what, text, escaped) => {
    expect(roff(text)).toBe(escaped)
  })

  it('is ASCII, and every line that begins with a dot is one of its macros', () => {
    const page = pages['docs/dbtool.1']!
    expect(page).toMatch(/^[\x20-\x7e\n]+$/)
    expect(new Set(page.match(/^\.\S+/gm))).toEqual(
      new Set(['.\\"', '.TH', '.SH', '.SS', '.TP', '.PP', '.RS', '.RE', '.nf', '.fi', '.nh', '.ad', '.BR']),
    )
  })
})
