import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'

const execute = promisify(execFile)
export const root = resolve(import.meta.dirname, '..', '..')

/** Unpacks the package into `folder/node_modules`, beside the packages of the library. Needs no registry. */
export async function unpackedInto(folder: string): Promise<void> {
  const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  const place = join(folder, 'node_modules', 'dbtool')
  mkdirSync(place, { recursive: true })
  await execute('tar', ['-xzf', join(folder, filename), '-C', place, '--strip-components', '1'])
  symlinkSync(join(root, 'node_modules', 'mariadb'), join(folder, 'node_modules', 'mariadb'))
}

/** The example of docs/library.md that contains this text. */
export function exampleWith(page: string, text: string): string {
  const examples = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, example = '']) => example)
  const found = examples.find((example) => example.includes(text))
  if (found === undefined) throw new Error(`docs/library.md has no example with ${text}`)
  return found
}

/** Compiles strictly, and resolves to the complaints of the compiler. */
export async function complaints(
  folder: string,
  module: 'nodenext' | 'node16' | 'bundler' | 'node10',
  files: string[],
): Promise<string> {
  const resolution = {
    nodenext: ['--module', module],
    node16: ['--module', module],
    bundler: ['--module', 'preserve', '--moduleResolution', module],
    // The default of TypeScript 5 for CommonJS reads `types`, and not `exports`.
    node10: ['--module', 'commonjs', '--moduleResolution', module, '--ignoreDeprecations', '6.0'],
  }
  const options = [
    ...['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'],
    ...[
      ...resolution[module],
      '--target',
      'es2023',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules', '@types'),
    ],
  ]
  const compiler = join(root, 'node_modules', module === 'node10' ? 'typescript' : 'typescript-7', 'bin', 'tsc')
  return execute(process.execPath, [compiler, ...options, ...files], { cwd: folder }).then(
    () => '',
    (error: unknown) => (error as { stdout: string }).stdout,
  )
}

/** The symbols that the declarations of an entry export. */
function exportsOf(entry: string) {
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry)
  const module = source && checker.getSymbolAtLocation(source)
  if (module === undefined) throw new Error(`${entry} is no module`)
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
  return { checker, resolved, exported: new Set(checker.getExportsOfModule(module).map(resolved)) }
}

/** The exports without a comment, which an editor shows, and the amounts and quantities without one. */
export function uncommented(entry: string): string[] {
  const { checker, exported } = exportsOf(entry)
  const isSilent = (symbol: ts.Symbol): boolean => symbol.getDocumentationComment(checker).length === 0
  return [...exported].flatMap((symbol) => {
    const properties = checker.getDeclaredTypeOfSymbol(symbol).getProperties()
    const unclear = properties.filter(({ name }) =>
      /^(price|amount|(sub)?total(_?amount)?|stock|quantity|wanted)$/i.test(name),
    )
    return [
      ...(isSilent(symbol) ? [symbol.name] : []),
      ...unclear.filter(isSilent).map(({ name }) => `${symbol.name}.${name}`),
    ]
  })
}

/** The optional properties of options that must not be undefined under `exactOptionalPropertyTypes`. */
export function exactOptions(entry: string): string[] {
  const { checker, exported } = exportsOf(entry)
  return [...exported].flatMap((symbol) => {
    if (!/Options$|^New|^OrderLine$/.test(symbol.name)) return []
    return checker
      .getDeclaredTypeOfSymbol(symbol)
      .getProperties()
      .filter((property) => {
        const type = checker.getTypeOfSymbol(property)
        const kinds = type.isUnion() ? type.types : [type]
        const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
        // Under this option, the type of a missing property is another one than that of undefined.
        return isOptional && !kinds.includes(checker.getUndefinedType())
      })
      .map(({ name }) => `${symbol.name}.${name}`)
  })
}

/** The types that the declarations of an entry name, and that it does not export: nobody can import them. */
export function unexportedTypes(entry: string): string[] {
  const { checker, resolved, exported } = exportsOf(entry)
  const [seen, missing] = [new Set<ts.Symbol>(), new Set<string>()]
  const follow = (symbol: ts.Symbol): void => {
    if (seen.has(symbol)) return
    seen.add(symbol)
    for (const declaration of symbol.declarations ?? []) walk(declaration)
  }
  const walk = (node: ts.Node): void => {
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined
    const symbol = name && checker.getSymbolAtLocation(name)
    const target = symbol && resolved(symbol)
    const [declaration] = target?.declarations ?? []
    if (target !== undefined && declaration?.getSourceFile().fileName.startsWith(dirname(entry)) === true) {
      const isExported = (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Export) !== 0
      if (isExported && !exported.has(target)) missing.add(target.name)
      follow(target)
    }
    ts.forEachChild(node, walk)
  }
  exported.forEach(follow)
  return [...missing].sort()
}
