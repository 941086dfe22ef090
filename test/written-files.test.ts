import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

/** The functions of Node that create a file or open one for writing. */
const creating = /^(?:writeFile|appendFile|copyFile|cp|open|createWriteStream|mkdtemp|symlink|link|rename)(?:Sync)?$/

/** Where they may be used, and why. */
const known: Readonly<Record<string, readonly string[]>> = {
  // These two write every file.
  'src/new-file.ts': ['copyFile', 'link', 'open', 'rename'],
  'src/write-file.ts': ['openSync', 'renameSync', 'writeFileSync'],
  // These open for reading only.
  'bin/compiled-file.ts': ['openSync'],
  'src/client/dump-file.ts': ['open'],
  'src/files/source.ts': ['open'],
  'src/regular-file.ts': ['openSync'],
  // These create and move folders with the data of a server.
  'src/client/physical/unpack-into.ts': ['renameSync'],
  'src/server/fresh-folder.ts': ['mkdtempSync', 'renameSync'],
  'src/server/install.ts': ['renameSync'],
  'src/server/previous-data.ts': ['renameSync'],
  'src/server/replace-data.ts': ['renameSync'],
}

function creatingImports(source: string): string[] {
  const found: string[] = []
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && /^node:fs(?:\/promises)?$/.test(textOf(node.moduleSpecifier))) {
      const named = node.importClause?.namedBindings
      if (named === undefined || !ts.isNamedImports(named)) found.push('*')
      else found.push(...named.elements.map(({ name, propertyName }) => (propertyName ?? name).text))
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      if (specifier !== undefined && /node:fs/.test(textOf(specifier))) found.push(...bindingsOf(node))
    }
    ts.forEachChild(node, walk)
  }
  walk(ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest, true))
  return found.filter((name) => name === '*' || creating.test(name)).sort()
}

const textOf = (node: ts.Node): string => (ts.isStringLiteral(node) ? node.text : '')

/** What a lazy import is taken apart into, anywhere in its statement. */
function bindingsOf(node: ts.Node): string[] {
  let statement = node
  while (!ts.isStatement(statement)) statement = statement.parent
  return [...statement.getText().matchAll(/\w+/g)].map(([name]) => name)
}

const sources = ['bin', 'commands', 'src'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
)

it('one place writes every file: with a random name, exclusively, and never through a link', () => {
  const found = sources.flatMap((file): [string, string[]][] => {
    const names = creatingImports(readFileSync(file, 'utf8'))
    return names.length === 0 ? [] : [[file, names]]
  })
  expect(Object.fromEntries(found)).toEqual(known)
})

it.each([
  [`import { writeFileSync } from 'node:fs'`, ['writeFileSync']],
  [`import { open as openFile, stat } from 'node:fs/promises'`, ['open']],
  [`import * as fs from 'node:fs'`, ['*']],
  [`const { appendFile } = await import('node:fs/promises')`, ['appendFile']],
  [`import { readFileSync } from 'node:fs'`, []],
])('and is seen in %s', (source, names) => {
  expect(creatingImports(source)).toEqual(names)
})
