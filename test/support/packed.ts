import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

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
export async function complaints(folder: string, module: 'nodenext' | 'node16', files: string[]): Promise<string> {
  const options = [
    ...['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'],
    ...[
      '--module',
      module,
      '--target',
      'es2023',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules', '@types'),
    ],
  ]
  const compiler = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc')
  return execute(process.execPath, [compiler, ...options, ...files], { cwd: folder }).then(
    () => '',
    (error: unknown) => (error as { stdout: string }).stdout,
  )
}
