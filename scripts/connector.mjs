// Bundles the connector into a separate file beside the command line, dist/cli/connector.cjs, which loads in half the
// time of the package. The file can be replaced, as the licence of the connector (LGPL) requires.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'

const require = createRequire(import.meta.url)

export const parts = ['mariadb', 'denque', 'lru-cache']

const what = `export { createConnection, createPool, version } from 'mariadb'`

// Needed only for connections with a character set other than UTF-8, and half as large as the connector.
const iconvWhenNeeded = `
  import { createRequire } from 'node:module'
  const iconv = () => createRequire(createRequire(import.meta.filename).resolve('mariadb'))('iconv-lite')
  export const decode = (...args) => iconv().decode(...args)
  export const encode = (...args) => iconv().encode(...args)
  export default { decode, encode }
`

// Nothing reads these 1,300 properties of a prototype. V8 copies all existing ones for each new one, which takes 9 ms
// and leaves 20 MB of garbage.
const namesOnPrototype = new RegExp(
  [
    'for \\(let i = 0; i < charsets\\.length; i\\+\\+\\) \\{',
    'let collation = charsets\\[i\\];',
    'if \\(collation\\) \\{',
    'Collation\\.prototype\\[collation\\.name\\] = collation;',
    '\\}',
    '\\}',
  ].join('\\s*'),
)

const connector = {
  name: 'connector',
  resolveId: (id) => ({ connector: '\0connector', 'iconv-lite': '\0iconv-lite' })[id],
  load: (id) => ({ '\0connector': what, '\0iconv-lite': iconvWhenNeeded })[id],
  transform: (code, id) =>
    id.endsWith('/mariadb/lib/const/collations.js') ? without(namesOnPrototype, code, id) : undefined,
}

function without(pattern, code, id) {
  if (!pattern.test(code))
    throw new Error(`${id} has changed: check whether ${join('scripts', 'connector.mjs')} still needs to patch it`)
  return code.replace(pattern, '')
}

/** Bundles the connector to `directory`. Rejects if its source has changed. */
export async function bundleConnector(directory, minify) {
  const build = await rolldown({
    input: { connector: 'connector' },
    platform: 'node',
    cwd: dirname(import.meta.dirname),
    plugins: [connector],
  })
  await build.write({ dir: directory, format: 'cjs', entryFileNames: '[name].cjs', minify, postBanner: notice() })
}

/** The notice that sections 2 and 6 of the LGPL 2.1 require. */
function notice() {
  const { version } = JSON.parse(readFileSync(join(dirname(require.resolve('mariadb')), '..', 'package.json'), 'utf8'))
  return `/*!
 * MariaDB Connector/Node.js ${version}, copyright MariaDB Corporation Ab, LGPL-2.1-or-later, with denque (Apache-2.0)
 * and lru-cache (BlueOak-1.0.0): the licences are in THIRD-PARTY-LICENSES.
 * Its source is the npm package mariadb@${version}, https://registry.npmjs.org/mariadb/-/mariadb-${version}.tgz.
 * Changed for dbtool on 2026-11-24: bundled into one file by scripts/connector.mjs;
 * the names of collations are not properties of a prototype; iconv-lite is loaded on demand. You may replace this file:
 * with "module.exports = require('mariadb')", dbtool uses the installed package.
 */`
}

/** In the bundle of the command line, the connector is the file beside it. */
export const connectorBeside = {
  name: 'connector-beside',
  transform: (code, id) => (id.endsWith('/src/db/connection/driver.ts') ? beside(code) : undefined),
}

function beside(code) {
  if (!code.includes(`require('mariadb')`))
    throw new Error('src/db/connection/driver.ts does not load the connector as the bundle expects')
  return code.replace(`require('mariadb')`, `require('./connector.cjs')`)
}
