// Puts the command line into a few files, dist/cli/: a process that reads hundreds starts several times as slowly. The packages that stay
// packages are those that are loaded only where they are needed, and the connector, whose licence (LGPL) asks that it can be exchanged.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const bundled = ['chalk', 'commander', 'dotenv']

export async function bundle(root) {
  const at = (...parts) => join(root, ...parts)
  const out = at('dist', 'cli')
  const build = await rolldown({
    input: { dbtool: at('bin', 'dbtool.ts'), 'load-thread': at('commands', 'pool', 'load-thread.ts') },
    platform: 'node',
    external: (id) => /^[@a-z]/.test(id) && !bundled.includes(id) && !id.startsWith('node:'),
  })
  // CommonJS: Node 20 starts it without its loader of ES modules. Side by side, so that what lies beside a module in src/ lies beside it here.
  await build.write({ dir: out, format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunk-[name].cjs', minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } } })
  cpSync(at('src', 'db', 'migrations'), join(out, 'migrations'), { recursive: true })
  const notices = bundled.map((name) => `${name}\n\n${readFileSync(at('node_modules', name, licenceOf[name]), 'utf8').trim()}\n`)
  writeFileSync(join(out, 'THIRD-PARTY-LICENSES'), `What of others is in these files, and under which licence.\n\n${notices.join('\n----\n\n')}`)
}

const licenceOf = { chalk: 'license', commander: 'LICENSE', dotenv: 'LICENSE' }
