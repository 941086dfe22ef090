// Bundles the library and the command line into a few files, dist/lib/ and dist/cli/: a process that reads hundreds of
// files starts several times as slowly. Packages that are loaded only on demand are not bundled.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { bundleConnector, connectorBeside, parts as partsOfConnector } from './connector.mjs'

// commander uses node:child_process only for commands that are separate programs; dbtool has none.
const withoutSubprocesses = {
  name: 'without-subprocesses',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/node_modules/commander/') ? '\0no-subprocesses' : undefined,
  load: (id) => (id === '\0no-subprocesses' ? 'export {}' : undefined),
}

export const bundled = ['@optique/core', 'chalk', 'commander', 'dotenv', 'get-east-asian-width', 'jsonc-parser']

// Modules that are always loaded together are in one file with their dependencies: each file takes time to read.
// A module of an earlier group is not in a later one. Threads of load tests need no commands, and the configuration
// needs no driver.
const groups = [
  ['base', /\/src\/(?:errors|kind-of|values|file-trust|user-folders|write-file|db\/target)\.ts$/],
  ['queries', /\/src\/db\/(?:failures|queries|retry|connection\/kill|cluster\/sync-wait|pool\/(?:pool|modes))\.ts$/],
  ['program', /\/commands\/run\.ts$/],
  [
    'shop',
    /\/commands\/kit\/(?:views|list|period|update-prompt|export|import-rows)\.ts$|\/src\/shop\/users\/users\.ts$/,
  ],
  ['output', /\/src\/output\/output\.ts$/],
  ['config', /\/src\/(?:config\/config|server\/(?:home|status))\.ts$/],
  ['database', /\/src\/db\/(?:database|pool\/open|migrations\/(?:migration-files|schema-state|usable))\.ts$/],
].map(([name, test], index, { length }) => ({ name, test, priority: length - index }))

const minify = { mangle: { keepNames: true }, compress: true, codegen: { removeWhitespace: true } }

/** Bundles the command line to dist/cli/, with the connector, the migrations and the licences. */
export async function bundle(root) {
  const at = (...parts) => join(root, ...parts)
  const out = at('dist', 'cli')
  const build = await rolldown({
    input: { dbtool: at('bin', 'dbtool.ts'), 'thread-main': at('src', 'stress', 'thread-main.ts') },
    platform: 'node',
    external: (id) =>
      /^[@a-z]/.test(id) &&
      !bundled.some((name) => id === name || id.startsWith(`${name}/`)) &&
      !id.startsWith('node:'),
    // Its CommonJS build hides its own files from bundlers.
    resolve: { alias: { 'jsonc-parser': at('node_modules', 'jsonc-parser', 'lib', 'esm', 'main.js') } },
    plugins: [withoutSubprocesses, connectorBeside],
  })
  // CommonJS, because Node 20 starts it without the ES module loader. All files are in one folder, so that files beside
  // a module in src/ are beside it here.
  await build.write({
    dir: out,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunk-[name].cjs',
    minify,
    codeSplitting: { groups },
  })
  await bundleConnector(out, minify)
  cpSync(at('src', 'db', 'migrations', 'sql'), join(out, 'sql'), { recursive: true })
  cpSync(at('src', 'stress', 'browser', 'page.js'), join(out, 'browser', 'page.js'))
  const notices = [...bundled, ...partsOfConnector].map(
    (name) => `${name}\n\n${readFileSync(at('node_modules', name, licenceOf[name]), 'utf8').trim()}\n`,
  )
  writeFileSync(
    join(out, 'THIRD-PARTY-LICENSES'),
    `Third-party code in these files, and its licences.\n\n${notices.join('\n----\n\n')}`,
  )
}

/**
 * Bundles the library: to dist/lib/ as an ES module, and to dist/lib/cjs/ as CommonJS, each with the declarations from
 * tsc that it needs. Neither reads a file beside it or resolves a package at run time, so bundlers can take it in.
 */
export async function bundleLibrary(root) {
  const out = join(root, 'dist', 'lib')
  for (const format of ['esm', 'cjs']) {
    const build = await rolldown({
      input: join(root, 'src', 'index.ts'),
      platform: 'node',
      // The library is one file; a module that the command line loads on demand is in it anyway.
      checks: { ineffectiveDynamicImport: false },
      external: (id) => /^[@a-z]/.test(id),
      plugins: [connectorImported(format), migrationsInside(root)],
    })
    const folder = format === 'esm' ? out : join(out, 'cjs')
    await build.write({ file: join(folder, 'index.js'), format })
    declare(join(root, 'dist', 'src'), folder, 'index.d.ts')
  }
  writeFileSync(join(out, 'cjs', 'package.json'), '{ "type": "commonjs" }\n')
}

/** An import or require that bundlers see. The connector's CommonJS build loads in half the time of its ES modules. */
const connectorImported = (format) =>
  replaced('/src/db/connection/driver.ts', 'loadDriver', () => {
    const load = format === 'esm' ? `() => import('mariadb')` : `async () => require('mariadb')`
    return `export const loadDriver = ${load}
      export const driver = () => { throw new Error('only the command line has pools of the connector') }`
  })

const migrationsInside = (root) =>
  replaced('/src/db/migrations/shipped-files.ts', 'shippedFiles', () => {
    const folder = join(root, 'src', 'db', 'migrations', 'sql')
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])
    return `const files = ${JSON.stringify(files)}\nexport const shippedFiles = () => new Map(files)`
  })

/** Replaces a module, which must still export this name. */
const replaced = (path, name, code) => ({
  name: `replaced-${name}`,
  transform(text, id) {
    if (!id.endsWith(path)) return undefined
    if (!text.includes(`export const ${name} =`)) throw new Error(`${path} does not export ${name} any more`)
    return code()
  },
})

function declare(from, to, path) {
  if (existsSync(join(to, path))) return
  const text = readFileSync(join(from, path), 'utf8').replace(
    /(from|import)(\s*\(?)(['"])(\.[^'"]*)\.ts\3/g,
    '$1$2$3$4.js$3',
  )
  mkdirSync(dirname(join(to, path)), { recursive: true })
  writeFileSync(join(to, path), text)
  for (const [, needed] of text.matchAll(/['"](\.[^'"]*)\.js['"]/g))
    declare(from, to, join(dirname(path), `${needed}.d.ts`))
}

const licenceOf = {
  '@optique/core': 'LICENSE',
  chalk: 'license',
  commander: 'LICENSE',
  dotenv: 'LICENSE',
  'get-east-asian-width': 'license',
  'jsonc-parser': 'LICENSE.md',
  mariadb: 'LICENSE',
  denque: 'LICENSE',
  'lru-cache': 'LICENSE.md',
}
