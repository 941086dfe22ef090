// Compiles bin/, commands/, src/ and bench/ to dist/, and bundles the command line and the library into a few files.
// Needs only the packages.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, bundleLibrary } from './bundle.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(root, ...parts)

// On stderr, because `npm pack --json` has its result on stdout.
const report = (doing) => process.stderr.write(`${doing}\n`)

// Files that no longer exist in src/ must not remain in dist/.
rmSync(at('dist'), { recursive: true, force: true })
report('compiling')
const compiler = at('node_modules', 'typescript-7', 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', at('scripts', 'tsconfig.build.json')], {
  stdio: 'inherit',
})
if (status !== 0) {
  rmSync(at('dist'), { recursive: true, force: true })
  process.exit(status ?? 1)
}
const migrations = join('src', 'db', 'migrations')
if (existsSync(at(migrations))) {
  cpSync(at(migrations), at('dist', migrations), { recursive: true, filter: (path) => !path.endsWith('.ts') })
}
cpSync(at('src', 'stress', 'browser', 'page.js'), at('dist', 'src', 'stress', 'browser', 'page.js'))
report('bundling the command line')
await bundle(root)
report('bundling the library')
await bundleLibrary(root)
chmodSync(at('dist', 'cli', 'dbtool.cjs'), 0o755)
// Written last: without this file, the build is incomplete, and setup.mjs repeats it.
writeFileSync(at('dist', '.built'), '')
