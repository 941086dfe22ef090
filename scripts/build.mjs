// Compiles bin/, commands/, src/ and bench/ to dist/, and puts the command line and the library into few files there.
// Needs the packages, nothing else.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, bundleLibrary } from './bundle.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(root, ...parts)

// A file that was renamed in src/ must not live on in dist/.
rmSync(at('dist'), { recursive: true, force: true })
const compiler = at('node_modules', 'typescript', 'bin', 'tsc')
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
await bundle(root)
await bundleLibrary(root)
chmodSync(at('dist', 'cli', 'dbtool.cjs'), 0o755)
// Written last: without it the build is not finished, and setup.mjs builds again.
writeFileSync(at('dist', '.built'), '')
