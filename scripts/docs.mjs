// Generates docs/reference/ and docs/dbtool.1 from the definitions of the commands. `npm run docs` builds first.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { manual } = await import(pathToFileURL(join(root, 'dist', 'commands', 'manual', 'index.js')).href)

// Pages of nouns that no longer exist must not remain.
rmSync(join(root, 'docs', 'reference'), { recursive: true, force: true })
mkdirSync(join(root, 'docs', 'reference'))
for (const [path, text] of Object.entries(await manual())) writeFileSync(join(root, path), text)
