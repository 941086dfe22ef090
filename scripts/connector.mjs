// Puts the connector into one file of its own beside the command line, dist/cli/connector.cjs: there, it is ready in
// half the time of the package.
// The file stays exchangeable, as the connector's licence (LGPL) asks.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'

const require = createRequire(import.meta.url)

export const parts = ['mariadb', 'denque', 'lru-cache']

const what = `export { createConnection, createPool, version } from 'mariadb'`

// Needed for connections in another character set than UTF-8, and half as large as the connector.
const iconvWhenNeeded = `
  import { createRequire } from 'node:module'
  const iconv = () => createRequire(createRequire(import.meta.filename).resolve('mariadb'))('iconv-lite')
  export const decode = (...args) => iconv().decode(...args)
  export const encode = (...args) => iconv().encode(...args)
  export default { decode, encode }
`

// Nothing reads these 1,300 properties of a prototype; V8 copies those that are there for each that is added, 9 ms and
// 20 MB of garbage.
const namesOnPrototype =
  /for \(let i = 0; i < charsets\.length; i\+\+\) \{\s*let collation = charsets\[i\];\s*if \(collation\) \{\s*Collation\.prototype\[collation\.name\] = collation;\s*\}\s*\}/

const connector = {
  name: 'connector',
  resolveId: (id) => ({ connector: '\0connector', 'iconv-lite': '\0iconv-lite' })[id],
  load: (id) => ({ '\0connector': what, '\0iconv-lite': iconvWhenNeeded })[id],
  transform: (code, id) =>
    id.endsWith('/mariadb/lib/const/collations.js') ? without(namesOnPrototype, code, id) : undefined,
}

function without(pattern, code, id) {
  if (!pattern.test(code))
    throw new Error(`${id} is not what it was: look whether ${join('scripts', 'connector.mjs')} still has to change it`)
  return code.replace(pattern, '')
}

export async function bundleConnector(directory, minify) {
  const build = await rolldown({
    input: { connector: 'connector' },
    platform: 'node',
    cwd: dirname(import.meta.dirname),
    plugins: [connector],
  })
  await build.write({ dir: directory, format: 'cjs', entryFileNames: '[name].cjs', minify, postBanner: notice() })
}

/** What sections 2 and 6 of the LGPL 2.1 ask to be said. */
function notice() {
  const { version } = JSON.parse(readFileSync(join(dirname(require.resolve('mariadb')), '..', 'package.json'), 'utf8'))
  return `/*!
 * MariaDB Connector/Node.js ${version}, copyright MariaDB Corporation Ab, LGPL-2.1-or-later, with denque (Apache-2.0)
 * and lru-cache (BlueOak-1.0.0): the licences are in THIRD-PARTY-LICENSES.
 * Its source is the npm package mariadb@${version}, https://registry.npmjs.org/mariadb/-/mariadb-${version}.tgz.
 * Changed for dbtool on 2026-11-24: made into one file by scripts/connector.mjs;
 * the names of collations are not put on a prototype; iconv-lite is loaded when it is needed. You may exchange it: with
 * "module.exports = require('mariadb')" dbtool takes the installed package.
 */`
}

/** In the command line, the package is the file beside it. */
export const connectorBeside = {
  name: 'connector-beside',
  transform: (code, id) => (id.endsWith('/src/db/connection/driver.ts') ? beside(code) : undefined),
}

function beside(code) {
  if (!code.includes(`require('mariadb')`))
    throw new Error('src/db/connection/driver.ts loads the connector in another way than the bundle expects')
  return code.replace(`require('mariadb')`, `require('./connector.cjs')`)
}
