import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** The imports that each folder may have besides its own, from the lowest floor to the highest, as in docs/house.md. */
const floors: Record<string, readonly string[]> = {
  'src/errors': [],
  'src/version': [],
  'src/ctrl-c': [],
  'src/csv-injection': [],
  'src/nearest': [],
  'src/full-disk': [],
  'src/markdown-escape': [],
  'src/kind-of': [],
  'src/in-words': [],
  'src/tsv': [],
  'src/cells': [],
  'src/file-trust': [],
  'src/regular-file': [],
  'src/write-file': [],
  'src/user-folders': [],
  'src/new-file': ['src/errors', 'src/file-trust', 'src/write-file'],
  'src/values': ['src/errors', 'src/nearest'],
  'src/hosts': ['src/errors', 'src/values'],
  'src/time-zone': ['src/errors', 'src/values'],
  'src/past-time': ['src/errors', 'src/values', 'src/time-zone'],
  'src/output': [
    'src/errors',
    'src/cells',
    'src/ctrl-c',
    'src/csv-injection',
    'src/in-words',
    'src/markdown-escape',
    'src/nearest',
    'src/tsv',
    'src/new-file',
    'src/time-zone',
  ],
  'src/prompts': ['src/errors'],
  'src/files': [
    'src/errors',
    'src/csv-injection',
    'src/in-words',
    'src/kind-of',
    'src/nearest',
    'src/tsv',
    'src/new-file',
  ],
  'src/db': [
    'src/errors',
    'src/cells',
    'src/full-disk',
    'src/in-words',
    'src/kind-of',
    'src/file-trust',
    'src/regular-file',
  ],
  'src/connection-url': ['src/errors', 'src/hosts', 'src/settings'],
  'src/settings': ['src/errors', 'src/hosts', 'src/values', 'src/db'],
  'src/config': [
    'src/errors',
    'src/kind-of',
    'src/nearest',
    'src/values',
    'src/settings',
    'src/connection-url',
    'src/file-trust',
    'src/regular-file',
    'src/user-folders',
    'src/write-file',
    'src/db',
  ],
  'src/server': [
    'src/errors',
    'src/file-trust',
    'src/full-disk',
    'src/regular-file',
    'src/user-folders',
    'src/write-file',
    'src/db',
  ],
  'src/reports': ['src/errors', 'src/values', 'src/time-zone', 'src/db'],
  'src/client': [
    'src/errors',
    'src/full-disk',
    'src/values',
    'src/new-file',
    'src/regular-file',
    'src/write-file',
    'src/db',
    'src/server',
  ],
  'src/sql': ['src/errors', 'src/nearest', 'src/values', 'src/db'],
  'src/shop': [
    'src/errors',
    'src/cells',
    'src/in-words',
    'src/kind-of',
    'src/values',
    'src/time-zone',
    'src/nearest',
    'src/files',
    'src/db',
  ],
  'src/stress': [
    'src/errors',
    'src/in-words',
    'src/markdown-escape',
    'src/nearest',
    'src/values',
    'src/db',
    'src/shop',
  ],
  'src/doctor': [
    'src/errors',
    'src/in-words',
    'src/values',
    'src/version',
    'src/settings',
    'src/file-trust',
    'src/full-disk',
    'src/config',
    'src/db',
    'src/server',
    'src/shop/invariants',
    'src/shop/survey',
  ],
  'src/context': [
    'src/errors',
    'src/values',
    'src/config',
    'src/db',
    'src/output',
    'src/prompts',
    'src/server',
    'src/shop',
    'src/user-folders',
    'src/write-file',
  ],
  'src/library': [
    'src/errors',
    'src/kind-of',
    'src/hosts',
    'src/nearest',
    'src/values',
    'src/connection-url',
    'src/settings',
    'src/context/os-user',
    'src/db',
    'src/shop',
  ],
  'src/index': ['src/errors', 'src/cells', 'src/context/os-user', 'src/library', 'src/db', 'src/shop', 'src/stress'],
  commands: ['src'],
  bin: ['commands', 'src/file-trust', 'src/user-folders', 'src/write-file'],
  bench: ['src', 'commands'],
}

/** The only folder that may import each library. */
const doors: Record<string, string> = {
  commander: 'commands',
  inquirer: 'src/prompts',
  mariadb: 'src/db',
  mysql2: 'src/db',
  tarn: 'src/db',
  uplot: 'src/stress',
  'cli-table3': 'src/output',
  chalk: 'src/output',
  dotenv: 'src/config',
  'jsonc-parser': 'src/config',
  'get-east-asian-width': 'src/output',
  'csv-parse': 'src/files',
  'iconv-lite': 'src/files',
  '@node-rs/bcrypt': 'src/shop',
  'iso-3166': 'src/shop',
  '@optique/core': 'commands/completion',
}

const isIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}.`)

/** All imports of a file by name, also types and lazy ones, but not Node's own modules. */
function importsOf(source: string): string[] {
  const required = [...source.matchAll(/createRequire\(import\.meta\.url\)\('([^']+)'\)/g)].map(([, name = '']) => name)
  const imported = ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName)
  return [...imported, ...required].filter((name) => !name.startsWith('node:'))
}

const targetOf = (file: string, name: string): string => normalize(join(dirname(file), name))

/** `commands/users/list.ts` belongs to users; `commands/kit/` belongs to all nouns. */
const nounOf = (path: string): string | undefined => /^commands\/(?!kit\/)([a-z]+)\//.exec(path)?.[1]

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

function crossing(file: string, name: string): string | undefined {
  if (!name.startsWith('.'))
    return isIn(file, doors[packageOf(name)] ?? 'nowhere')
      ? undefined
      : `${file} → ${name}: this library has another door`
  const path = targetOf(file, name)
  const [from, to] = [nounOf(file), nounOf(path)]
  if (to !== undefined && from !== to && /^commands\/[a-z]+\//.test(file)) return `${file} → ${path}: a sibling noun`
  const own = Object.keys(floors).find((floor) => isIn(file, floor)) ?? file
  return [own, ...(floors[own] ?? [])].some((allowed) => isIn(path, allowed))
    ? undefined
    : `${file} → ${path}: not a floor below`
}

const crossings = (file: string, source: string): string[] =>
  importsOf(source).flatMap((name) => crossing(file, name) ?? [])

/** Groups of files that reach each other by imports (Tarjan 1972), each as one line. */
function circles(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  const numbers = new Map<string, { at: number; low: number }>()
  const stack: string[] = []
  const explore = (file: string): { at: number; low: number } => {
    const own = { at: numbers.size, low: numbers.size }
    numbers.set(file, own)
    stack.push(file)
    for (const name of importsOf(files.get(file) ?? '')) {
      const target = targetOf(file, name)
      if (!name.startsWith('.') || !files.has(target)) continue
      const seen = numbers.get(target)
      if (seen === undefined) own.low = Math.min(own.low, explore(target).low)
      else if (stack.includes(target)) own.low = Math.min(own.low, seen.at)
    }
    if (own.low === own.at) {
      const group = stack.splice(stack.indexOf(file))
      if (group.length > 1) found.push(group.sort().join(' ↔ '))
    }
    return own
  }
  for (const file of files.keys()) if (!numbers.has(file)) explore(file)
  return found.sort()
}

const exported = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm

/** The functions and values of src/ and bench/ that no other file names. Types describe what a function takes. */
function unused(files: ReadonlyMap<string, string>): string[] {
  const named = new Map<string, number>()
  for (const source of files.values())
    for (const word of new Set(source.match(/\w+/g))) named.set(word, (named.get(word) ?? 0) + 1)
  return [...files].flatMap(([file, source]) =>
    /^(?:src|bench)\//.test(file) && file !== 'src/index.ts'
      ? [...source.matchAll(exported)].flatMap(([, name = '']) => (named.get(name) === 1 ? [`${file}: ${name}`] : []))
      : [],
  )
}

function sources(tops = ['bin', 'commands', 'src', 'bench']): Map<string, string> {
  const files = tops.flatMap((top) =>
    readdirSync(top, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(top, name)),
  )
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]))
}

describe('the house', () => {
  const files = sources()

  it('imports go down, and each library has one door', () => {
    expect(files.size).toBeGreaterThan(80)
    expect([...files].flatMap(([file, source]) => crossings(file, source))).toEqual([])
  })

  it('no imports form a circle, not even inside a folder', () => {
    expect(circles(files)).toEqual([])
  })

  it('no function or value is exported for nobody', () => {
    expect(unused(new Map([...files, ...sources(['test', 'examples'])]))).toEqual([])
    const [one, other] = [`export const a = b\nexport function c() {}`, `import { c } from './one.ts'`]
    expect(unused(new Map(Object.entries({ 'src/one.ts': one, 'test/other.ts': other })))).toEqual(['src/one.ts: a'])
  })

  it.each([
    ['src/shop/users/users.ts', `import { Context } from '../../context/context.ts'`],
    ['src/db/pool/pool.ts', `import { getOrder } from '../../shop/orders/orders.ts'`],
    ['src/stress/plan.ts', `import { driver } from 'mariadb'`],
    ['src/shop/users/users.ts', `const chalk = await import('chalk')`],
    ['src/shop/orders/orders.ts', `import { runLoad } from '../../stress/run.ts'`],
    ['commands/users/create.ts', `import { place } from '../orders/place.ts'`],
    ['commands/kit/views.ts', `import { place } from '../orders/place.ts'`],
    ['src/shop/invariants.ts', `import { checks } from '../doctor/catalog.ts'`],
    ['src/output/table.ts', `import { run } from '../../commands/run.ts'`],
    ['bench/groups/pool.ts', `import { createPool } from 'mariadb'`],
    ['commands/demo.ts', `import { runBench } from '../bench/run.ts'`],
    ['src/stress/stress.ts', `import { alternate } from '../../bench/core/alternate.ts'`],
    ['src/db/connection/driver.ts', `createRequire(import.meta.url)('inquirer')`],
  ])('is red when %s says %s', (file, source) => {
    expect(crossings(file, source)).toHaveLength(1)
  })

  it.each([
    ['two files', { 'a.ts': `import './b.ts'`, 'b.ts': `import type { A } from './a.ts'` }, ['a.ts ↔ b.ts']],
    [
      'a lazy way round, seen from outside of it',
      {
        'main.ts': `import './a.ts'`,
        'a.ts': `import './deep/b.ts'`,
        'deep/b.ts': `import './c.ts'`,
        'deep/c.ts': `await import('../a.ts')`,
      },
      ['a.ts ↔ deep/b.ts ↔ deep/c.ts'],
    ],
    ['no circle: two ways to one file', { 'a.ts': `import './b.ts'; import './c.ts'`, 'b.ts': `import './c.ts'` }, []],
  ])('sees %s', (_, files, expected) => {
    expect(circles(new Map(Object.entries(files)))).toEqual(expected)
  })
})
