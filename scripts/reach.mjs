// Counts of a checkout, for the size and the shape of its code: `node scripts/reach.mjs [checkout]`. To compare two
// checkouts, run this one script over both.
//
// files      Own files are the TypeScript files of bin/, commands/ and src/; those of bench/ are counted apart.
// reached    A verb reaches its own file and each file that an import leads to from there: `import … from`,
//            `export … from`, `await import(…)`, `require` made by createRequire, and `new URL('./x.ts',
//            import.meta.url)`. An import of types alone leads nowhere: it is read for its name.
//            "Own" leaves out the common ground, the rooms that every verb stands on: the loose files of commands/ and
//            src/, commands/kit/, and src/ config, context, db, output and prompts. Imports are not followed into them.
// wide       Lines of more than 120 columns, as a share of the lines that are not blank.
// circles    Groups of files that import each other, in any of these ways or for types alone, also inside one folder.
// style      Hits of scripts/style.mjs, by rule.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { check, countsOf, filesOf } from './style/check.mjs'

const verbs = ['users list', 'orders place', 'orders import', 'pool stress']
const commonGround = /^(?:commands|src)\/[^/]+\.ts$|^commands\/kit\/|^src\/(?:config|context|db|output|prompts)\//
const mostColumns = 120

const root = process.argv[2] ?? '.'
if (!existsSync(join(root, 'package.json'))) throw new Error(`${root} is no checkout of dbtool`)

function main() {
  const files = new Map(['bin', 'commands', 'src', 'bench', 'test'].map((top) => [top, sourcesBelow(top)]))
  const of = (...tops) => tops.flatMap((top) => files.get(top))
  const imports = importsOf(of('bin', 'commands', 'src', 'bench'))
  const circles = circlesOf(imports)
  const { hits } = check(root, filesOf(root))
  const rows = [
    ['own files', of('bin', 'commands', 'src').length],
    ['lines of an own file, median', median(of('bin', 'commands', 'src').map((file) => linesOf(file).length))],
    ['files of bench/', of('bench').length],
    ...verbs.map((verb) => [`own files reached by ${verb}`, ...reachedBy(verb, imports)]),
    ['lines over 120 columns, code', ...wide(of('bin', 'commands', 'src', 'bench'))],
    ['lines over 120 columns, tests', ...wide(of('test'))],
    ['circles of imports', circles.length, circles.map((files) => files.join(' ↔ ')).join('; ')],
    ...countsOf(hits).map(([rule, count]) => [`style, ${rule}`, count]),
    ['style, all', hits.length],
  ]
  process.stdout.write(
    rows
      .map(([name, count, more = '']) => `${name.padEnd(36)}${String(count).padStart(6)}  ${more}`.trimEnd() + '\n')
      .join(''),
  )
}

// Files

function sourcesBelow(top) {
  return readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(top, name))
    .sort()
}

function linesOf(file) {
  return readFileSync(join(root, file), 'utf8').replace(/\n$/, '').split('\n')
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function wide(files) {
  const lines = files.flatMap(linesOf).filter((line) => line.trim() !== '')
  const over = lines.filter((line) => line.length > mostColumns).length
  return [over, `${((100 * over) / lines.length).toFixed(1)} % of ${lines.length}`]
}

// Imports

/** From each file, those that it imports, each with whether that is for types alone. */
function importsOf(files) {
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const source = readFileSync(join(root, file), 'utf8')
      const found = specifiersOf(ts.createSourceFile(file, source, ts.ScriptTarget.Latest))
      const targets = found
        .filter(({ name }) => name.startsWith('.'))
        .map(({ name, types }) => ({ to: normalize(join(dirname(file), name)), types }))
      return [file, targets.filter(({ to }) => known.has(to))]
    }),
  )
}

function specifiersOf(tree) {
  const found = []
  const add = (node, types) => {
    if (node !== undefined && ts.isStringLiteralLike(node)) found.push({ name: node.text, types })
  }
  const walk = (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isOfTypes(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && isLoading(node.expression)) add(node.arguments[0], false)
    else if (ts.isNewExpression(node) && isNamed(node.expression, 'URL')) add(node.arguments?.[0], false)
    ts.forEachChild(node, walk)
  }
  walk(tree)
  return found
}

const isNamed = (node, name) => ts.isIdentifier(node) && node.text === name

/** `import(…)`, `require(…)` and `createRequire(…)(…)`. */
const isLoading = (called) =>
  called.kind === ts.SyntaxKind.ImportKeyword ||
  isNamed(called, 'require') ||
  (ts.isCallExpression(called) && isNamed(called.expression, 'createRequire'))

function isOfTypes(clause) {
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const { name, namedBindings: names } = clause
  return (
    name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every(({ isTypeOnly }) => isTypeOnly)
  )
}

/** How many own files, and how many with the common ground. */
function reachedBy(verb, imports) {
  const file = fileOf(verb)
  if (!imports.has(file)) return ['?', `there is no ${file}`]
  return [
    reach(file, imports, (to) => !commonGround.test(to)),
    `${reach(file, imports, () => true)} with the common ground`,
  ]
}

const fileOf = (verb) => `commands/${verb.replace(' ', '/')}.ts`

function reach(file, imports, follows) {
  const reached = new Set([file])
  for (const from of reached)
    for (const { to, types } of imports.get(from) ?? []) if (!types && follows(to)) reached.add(to)
  return reached.size
}

/** The strongly connected components of more than one file (Tarjan 1972). */
function circlesOf(imports) {
  const circles = []
  const indexes = new Map()
  const lows = new Map()
  const stack = []
  const walk = (file) => {
    const index = indexes.size
    indexes.set(file, index)
    lows.set(file, index)
    stack.push(file)
    for (const { to } of imports.get(file) ?? []) {
      if (!indexes.has(to)) walk(to)
      if (stack.includes(to)) lows.set(file, Math.min(lows.get(file), lows.get(to)))
    }
    if (lows.get(file) !== index) return
    const group = stack.splice(stack.indexOf(file))
    if (group.length > 1) circles.push(group)
  }
  for (const file of imports.keys()) if (!indexes.has(file)) walk(file)
  return circles
}

main()
