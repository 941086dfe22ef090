import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** What each room may import besides itself, from the lowest floor to the highest. docs/house.md draws it. */
const floors: Record<string, readonly string[]> = {
  'src/errors': [],
  'src/version': [],
  'src/formula': [],
  'src/nearest': [],
  'src/values': ['src/errors', 'src/nearest'],
  'src/output': ['src/errors', 'src/formula', 'src/nearest'],
  'src/prompts': ['src/errors'],
  'src/files': ['src/errors', 'src/formula', 'src/nearest'],
  'src/db': ['src/errors'],
  'src/connection-url': ['src/errors', 'src/settings'],
  'src/settings': ['src/errors', 'src/values', 'src/db'],
  'src/config': ['src/errors', 'src/nearest', 'src/values', 'src/settings', 'src/connection-url', 'src/db'],
  'src/server': ['src/errors', 'src/db'],
  'src/reports': ['src/errors', 'src/values', 'src/db'],
  'src/stress': ['src/errors', 'src/nearest', 'src/values', 'src/db'],
  'src/shop': ['src/errors', 'src/values', 'src/files', 'src/db'],
  'src/doctor': [
    'src/errors',
    'src/values',
    'src/version',
    'src/settings',
    'src/config',
    'src/db',
    'src/server',
    'src/shop/invariants',
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
  ],
  'src/index': ['src/errors', 'src/connection-url', 'src/context/os-user', 'src/db', 'src/shop', 'src/stress'],
  commands: ['src'],
  bin: ['commands'],
  bench: ['src', 'commands'],
}
/** One library, one door. */
const doors: Record<string, string> = {
  commander: 'commands',
  inquirer: 'src/prompts',
  mariadb: 'src/db',
  mysql2: 'src/db',
  'cli-table3': 'src/output',
  chalk: 'src/output',
  dotenv: 'src/config',
  'csv-parse': 'src/files',
  '@node-rs/bcrypt': 'src/shop',
  'iso-3166': 'src/shop',
  '@optique/core': 'commands/completion',
}

const isIn = (path: string, room: string): boolean =>
  path === room || path.startsWith(`${room}/`) || path.startsWith(`${room}.`)

function crossings(file: string, source: string): string[] {
  const room = Object.keys(floors).find((name) => isIn(file, name)) ?? file
  const required = [...source.matchAll(/createRequire\(import\.meta\.url\)\('([^']+)'\)/g)].map(([, name = '']) => name)
  const imports = [...ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName), ...required]
  return imports
    .filter((name) => !name.startsWith('node:'))
    .flatMap((name) => {
      if (!name.startsWith('.'))
        return isIn(
          file,
          doors[
            name
              .split('/')
              .slice(0, name.startsWith('@') ? 2 : 1)
              .join('/')
          ] ?? 'nowhere',
        )
          ? []
          : [`${file} → ${name}: this library has another door`]
      const path = normalize(join(dirname(file), name))
      const noun = (of: string): string | undefined => /^commands\/([a-z]+)\//.exec(of)?.[1]
      if (noun(file) !== undefined && noun(path) !== undefined && noun(file) !== noun(path))
        return [`${file} → ${path}: a sibling noun`]
      return [room, ...(floors[room] ?? [])].some((allowed) => isIn(path, allowed))
        ? []
        : [`${file} → ${path}: not a floor below`]
    })
}

describe('the house', () => {
  it('imports go down, and each library has one door', () => {
    const files = ['bin', 'commands', 'src', 'bench'].flatMap((top) =>
      readdirSync(top, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(top, name)),
    )
    expect(files.length).toBeGreaterThan(80)
    expect(files.flatMap((file) => crossings(file, readFileSync(file, 'utf8')))).toEqual([])
  })

  it.each([
    ['src/shop/users.ts', `import { Context } from '../context.ts'`],
    ['src/db/pool.ts', `import { getOrder } from '../shop/orders.ts'`],
    ['src/stress/plan.ts', `import { driver } from 'mariadb'`],
    ['src/shop/users.ts', `const chalk = await import('chalk')`],
    ['commands/users/create.ts', `import { place } from '../orders/place.ts'`],
    ['src/shop/invariants.ts', `import { checks } from '../doctor/catalog.ts'`],
    ['src/output/table.ts', `import { run } from '../../commands/run.ts'`],
    ['bench/groups/pool.ts', `import { createPool } from 'mariadb'`],
    ['commands/demo.ts', `import { runBench } from '../bench/run.ts'`],
    ['src/stress/stress.ts', `import { alternate } from '../../bench/core/alternate.ts'`],
    ['src/db/driver.ts', `createRequire(import.meta.url)('inquirer')`],
  ])('is red when %s says %s', (file, source) => {
    expect(crossings(file, source)).toHaveLength(1)
  })
})
