// The hits of the rules of style, for those who write: `node scripts/style.mjs [checkout] [path…]`.
//   node scripts/style.mjs                      all of this checkout
//   node scripts/style.mjs src/db README.md     these only
//   node scripts/style.mjs /other/checkout docs
// A line for each hit: where · rule · sentence · what to say instead; then the counts. Exit 1 if there is any.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { check, countsOf, filesOf, lineOf, rules } from './style/check.mjs'

const [first = '', ...rest] = process.argv.slice(2)
const isCheckout = first !== '' && existsSync(join(first, 'package.json'))
const root = isCheckout ? first : '.'
const paths = [first, ...rest].slice(isCheckout ? 1 : 0).filter((path) => path !== '')

const files = filesOf(root, paths)
const { hits } = check(root, files)
const counts = countsOf(hits).map(([rule, count]) => [count, `${rule}: ${rules[rule]}`])
const summary = [...counts, [hits.length, `hits in ${files.length} files`]]
const lines = [...hits.map(lineOf), '', ...summary.map(([count, text]) => `${String(count).padStart(6)}  ${text}`)]
process.stdout.write(`${lines.join('\n')}\n`)
process.exitCode = hits.length === 0 ? 0 : 1
