import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild-wasm'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { channels } from '../../src/db/diagnostics.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import { defaultLimits } from '../../src/db/target.ts'
import { rules } from '../../src/library/option-rules.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { complaints, exactOptions, root, uncommented, unexportedTypes, unpackedInto } from '../support/packed.ts'
import { login } from '../support/people.ts'
import { smallShop } from '../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()
beforeAll(async () => {
  await unpackedInto(folder)
  await smallShop(database.name)
}, 120_000)

const shopUrl = (): string => {
  const { DB_USER = '', DB_PASSWORD = '' } = login('app')
  const [password, socket] = [DB_PASSWORD, inject('socket')].map(encodeURIComponent)
  return `mariadb://${DB_USER}:${password}@localhost/${database.name}?socket=${socket}`
}

/** Places an order, reads it back, and finds the migrations. */
const work = `
  const pool = createPool(process.env.SHOP_URL)
  const line = { productId: 1, quantity: 1 }
  const refused = placeOrder(pool, { userId: 1, lines: [line, line] }).catch((error) => error)
  const { outcome, orderId } = await placeOrder(pool, { userId: 1, lines: [line] })
  const { items } = await getOrder(pool, orderId)
  const denied = await migrate(pool).catch((error) => error)
  console.log(outcome, items.length, (await refused) instanceof DbtoolError, Array.isArray(denied))
  await pool.close()`
const names = 'createPool, DbtoolError, getOrder, migrate, placeOrder'
const entries: Record<string, string> = {
  'app.mjs': `import { ${names} } from 'dbtool'\n${work}`,
  'function.mjs': `import { ${names} } from 'dbtool'\nexport const run = async () => {${work}}\nvoid run()`,
  'app.cjs': `const { ${names} } = require('dbtool')\nconst run = async () => {${work}}\nvoid run()`,
}

const esbuildBanner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

const bundlers = {
  esbuild: (entry: string, format: 'esm' | 'cjs', out: string) =>
    build({
      entryPoints: [join(folder, entry)],
      bundle: true,
      platform: 'node',
      format,
      outfile: join(out, format === 'esm' ? 'app.mjs' : 'app.cjs'),
      logLevel: 'error',
      ...(format === 'esm' ? { banner: { js: esbuildBanner } } : {}),
    }),
  rolldown: async (entry: string, format: 'esm' | 'cjs', out: string) => {
    const bundle = await rolldown({ input: join(folder, entry), platform: 'node', cwd: folder, logLevel: 'silent' })
    const end = format === 'esm' ? 'mjs' : 'cjs'
    await bundle.write({ dir: out, format, entryFileNames: `app.${end}`, chunkFileNames: `[name].${end}` })
  },
}

const run = (file: string, cwd: string) =>
  spawnSync(process.execPath, [file], { cwd, encoding: 'utf8', env: { SHOP_URL: shopUrl() } })

describe('the packed library', { timeout: 120_000 }, () => {
  beforeAll(() => {
    for (const [name, text] of Object.entries(entries)) writeFileSync(join(folder, name), text)
  })

  it.each(Object.keys(entries))('%s places an order', (entry) => {
    expect(run(entry, folder)).toMatchObject({ status: 0, stdout: 'placed 1 true true\n' })
  })

  it.each(
    (['esbuild', 'rolldown'] as const).flatMap((bundler) => [
      [bundler, 'app.mjs', 'esm'] as const,
      [bundler, 'function.mjs', 'cjs'] as const,
      [bundler, 'app.cjs', 'cjs'] as const,
    ]),
  )('bundled by %s from %s as %s, it places an order without any package', async (bundler, entry, format) => {
    const out = mkdtempSync(join(tmpdir(), 'dbtool-bundle-'))
    onTestFinished(() => rmSync(out, { recursive: true }))
    await bundlers[bundler](entry, format, out)
    const { status, stdout, stderr } = run(format === 'esm' ? 'app.mjs' : 'app.cjs', out)
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: 'placed 1 true true\n' })
  })

  it('has strict types for import and for require', async () => {
    const text = readFileSync(join(root, 'test', 'library', 'consumer.ts.txt'), 'utf8')
    for (const name of ['consumer.mts', 'consumer.cts']) writeFileSync(join(folder, name), text)
    for (const module of ['node16', 'nodenext', 'bundler'] as const)
      expect(await complaints(folder, module, ['--noEmit', 'consumer.mts', 'consumer.cts']), module).toBe('')
  })

  it('has types for a compiler, and a file for a loader, that know no `exports`', async () => {
    writeFileSync(join(folder, 'old.ts'), readFileSync(join(root, 'test', 'library', 'consumer.ts.txt'), 'utf8'))
    expect(await complaints(folder, 'node10', ['--noEmit', 'old.ts'])).toBe('')
    const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string }
    expect(createRequire(join(folder, 'x'))(join(folder, 'node_modules', 'dbtool', main))).toHaveProperty('createPool')
  })

  it.each(['dist/lib/index.d.ts', 'dist/lib/cjs/index.d.ts'])('exports every type that %s names', (declarations) => {
    expect(unexportedTypes(join(folder, 'node_modules', 'dbtool', declarations))).toEqual([])
  })

  it('explains each export, amount and quantity in an editor', () => {
    expect(uncommented(join(folder, 'node_modules', 'dbtool', 'dist/lib/index.d.ts'))).toEqual([])
  })

  it('accepts undefined for every option but the URL', () => {
    expect(exactOptions(join(folder, 'node_modules', 'dbtool', 'dist/lib/index.d.ts'))).toEqual([
      'CreatePoolOptions.url',
    ])
  })

  it('has no types for what no caller may write', async () => {
    writeFileSync(
      join(folder, 'wrong.mts'),
      `import { createPool, getProduct, placeOrder, type Order } from 'dbtool'
const pool = createPool({ url: 'mariadb://localhost/shop' })
void placeOrder(pool, { userId: 1, lines: [{ productId: 1, quantity: 1, price: 4.5 }] })
void placeOrder(pool, { userId: 1, lines: [], status: 'cancelled' })
void placeOrder(pool, { userId: 1, lines: [] }, { timeout: 5 })
void getProduct(pool, 'TEA-1')
export const total = (order: Order): number => order.total_amount
`,
    )
    const lines = [...(await complaints(folder, 'nodenext', ['--noEmit', 'wrong.mts'])).matchAll(/wrong\.mts\((\d+),/g)]
    expect(lines.map(([, line]) => line)).toEqual(['3', '4', '5', '6', '7'])
  })
})

/** The examples of docs/library.md, in their order. */
const page = readFileSync(join(root, 'docs', 'library.md'), 'utf8')
const blocksOf = (markdown: string) =>
  [...markdown.matchAll(/```(\w*)\n([^]*?)```/g)].map(([, language, text = '']) => ({ language, text }))
const blocks = blocksOf(page)
/** The examples of other pages for programs. */
const others = blocksOf(readFileSync(join(root, 'docs', 'cluster.md'), 'utf8')).filter(
  ({ language, text }) => language === 'ts' && text.includes('createPool'),
)

/** What an example without imports has around it, in the program of its reader. */
const around = (text: string): string => `
import { createPool, placeOrder, transaction } from 'dbtool'
const pool = createPool({ url: process.env.SHOP_URL ?? '', size: 2, maxOverflow: 0 })
const request = { signal: AbortSignal.timeout(60_000) }
const order = { userId: 1, lines: [{ productId: 1, quantity: 1 }] }
try {
${text}
} finally {
  await pool.close()
}
void [placeOrder, transaction, request, order]
`

describe('the examples of docs/library.md', { timeout: 120_000 }, () => {
  // The service has a test of its own. The others change the stock, so they come last.
  const examples = [...blocks.filter(({ text }) => !text.includes('createServer')), ...others]

  it('are all in TypeScript', () => {
    expect(blocks.map(({ language }) => language)).toEqual(blocks.map(() => 'ts'))
    expect([examples.length > 3, others.length]).toEqual([true, 1])
  })

  it('compile strictly as they are written, and run', async () => {
    const { connection } = database
    for (const sql of [
      'CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, text TEXT)',
      'CREATE TABLE counters AS SELECT 0 AS notes',
      'CREATE TABLE parcels (order_id INT)',
    ])
      await connection.execute(sql)
    const files = examples.map(({ text }, at) => {
      const name = `example-${at}`
      writeFileSync(join(folder, `${name}.mts`), text.includes('import ') ? text : around(text))
      return name
    })
    expect(
      await complaints(
        folder,
        'nodenext',
        files.map((name) => `${name}.mts`),
      ),
    ).toBe('')
    const printed = files.map((name, at) => {
      const { status, stdout, stderr } = run(`${name}.mjs`, folder)
      expect(status, `${examples[at]?.text}\n${stderr}`).toBe(0)
      return stdout
    })
    expect(printed[0]).toMatch(/^placed \d+ 9\.00 existing\nOUT_OF_STOCK 1000000\n$/)
    const [made] = await connection.rows(
      `SELECT (SELECT COUNT(*) FROM notes) AS notes, (SELECT notes FROM counters) AS n, COUNT(*) AS parcels
       FROM parcels`,
    )
    expect(made).toEqual({ notes: 1, n: 1, parcels: 1 })
  })

  it('and its tables are complete', () => {
    const rowsOf = (head: string): string =>
      new RegExp(`^\\| ${head} \\|.*\\n((?:\\|.*\\n)+)`, 'm').exec(page)?.[1] ?? ''
    for (const option of Object.keys(rules)) expect(rowsOf('option'), option).toMatch(new RegExp(`\`${option}\\b`))
    for (const [option, value] of Object.entries({ ...defaultPoolOptions, ...defaultLimits }))
      expect(rowsOf('option')).toContain(`| \`${option}\` | ${value.toLocaleString('en')}`)
    for (const channel of Object.keys(channels)) expect(rowsOf('channel')).toContain(`| \`dbtool:${channel}\` |`)
    expect(page).toContain(`--banner:js="${esbuildBanner}"`)
  })
})
