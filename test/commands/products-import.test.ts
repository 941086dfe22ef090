import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything } from '../support/shop.ts'

const folder = temporaryFolder()
const database = testDatabase()
const head = 'sku,name,price,description,stock,is_active,created_at'

beforeEach(async () => {
  for (const table of ['order_items', 'orders', 'products', 'users', 'logs'])
    await database.connection.execute(`DELETE FROM ${table}`)
})

function importing(content: string, flags = '', name = 'products.csv'): Promise<Outcome> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return dbtool(`products import ${path} --json ${flags}`, { database: database.name })
}

const products = () =>
  database.connection.rows<Record<string, unknown>>(
    'SELECT sku, name, price, description, stock, stock_received, is_active, CAST(created_at AS CHAR) AS ' +
      'created_at FROM products ORDER BY id',
  )
const logs = async () =>
  (await database.connection.rows<{ message: string }>('SELECT message FROM logs ORDER BY id')).map(
    ({ message }) => message,
  )
const soundness = async () => (await dbtool('db check', { database: database.name })).exitCode

describe('a list of stock or prices', () => {
  it.each([
    ['sku,stock', 'TEA-1,7'],
    ['SKU;Price', 'TEA-1;4.50'],
  ])('%s: the hint names the flag that reads it', async (columns, row) => {
    const delimiter = columns.includes(';') ? "--delimiter ';'" : ''
    const { exitCode, error } = await importing(`${columns}\n${row}\n`, delimiter)
    expect([exitCode, error.hint]).toEqual([
      2,
      'To update existing products from these columns, add --on-conflict update.',
    ])
    await importing('sku,name,price\nTEA-1,Tea,4.00\n')
    const updated = await importing(`${columns}\n${row}\n`, `${delimiter} --on-conflict update`)
    expect(updated.json()).toMatchObject({ updated: 1, rejected: 0 })
  })

  it('a column of another name comes first in the hint', async () => {
    const { error } = await importing('name,SKU,Preis,Bestand\nMug,MUG-1,4,2\n')
    expect(error.hint).toBe(
      'If it has another name ("Preis", "Bestand"), name it with --map ours=theirs,…. ' +
        'To update existing products from these columns, add --on-conflict update.',
    )
  })

  it('only existing rows lead to --on-conflict', async () => {
    const wrong = await importing('sku,name,price\nCUP-1,Cup,none\n')
    expect(wrong.error.hint).toBe(
      'nothing was changed; fix the file, or skip such rows with --on-error skip --rejects FILE',
    )
    const file = 'sku,name,price\nCUP-1,Cup,4\n'
    await importing(file)
    expect((await importing(file)).error.hint).toContain('or choose with --on-conflict what happens to existing rows')
  })

  it.each(['sku', 'sku,colour', 'name,stock'])('%s: no flag reads it', async (columns) => {
    const { error } = await importing(`${columns}\n${columns}\n`)
    expect(error.hint).toContain('name the right ones with --map')
  })
})

it.each([
  ['TRUE', 1],
  ['WAHR', 1],
  ['vrai', 1],
  ['Sí', 1],
  ['t', 1],
  ['FALSCH', 0],
  ['Faux', 0],
  ['não', 0],
  ['f', 0],
  ['inactive', 0],
])('is_active %s is stored as %s, as spreadsheets and databases write it', async (text, stored) => {
  expect((await importing(`sku,name,price,is_active\nCUP-1,Cup,4,${text}\n`)).exitCode).toBe(0)
  expect(await products()).toMatchObject([{ is_active: stored }])
})

describe('what is created', () => {
  it('has the values of the file, or the defaults, and a row in the log', async () => {
    const { exitCode, json, stderr } = await importing(
      `${head}\nTEA-1,"Tea, green",4.5,"two\nlines",7,no,2026-01-02 03:04:05\n,Loose tea,3,,,,\n`,
    )
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json()).toEqual({
      rows_read: 2,
      created: 2,
      updated: 0,
      unchanged: 0,
      skipped: 0,
      rejected: 0,
      columns_ignored: [],
      columns_missing: [],
      records_noticed: [],
      unknown_statuses: [],
      amounts_rounded: 0,
      null_texts: 0,
      differing_names: [],
      records_skipped: [],
      amounts_not_imported: [],
      seconds: expect.any(Number),
      rows_per_second: expect.any(Number),
    })
    expect(await products()).toEqual([
      {
        sku: 'TEA-1',
        name: 'Tea, green',
        price: '4.50',
        description: 'two\nlines',
        stock: 7,
        stock_received: 7,
        is_active: 0,
        created_at: '2026-01-02 03:04:05',
      },
      {
        sku: null,
        name: 'Loose tea',
        price: '3.00',
        description: null,
        stock: 0,
        stock_received: 0,
        is_active: 1,
        created_at: expect.stringMatching(/^20/),
      },
    ])
    expect(await database.connection.rows('SELECT command, entity, message FROM logs ORDER BY id')).toEqual([
      { command: 'products import', entity: 'products', message: 'created TEA-1: Tea, green, price 4.50, stock 7' },
      {
        command: 'products import',
        entity: 'products',
        message: 'created without SKU: Loose tea, price 3.00, stock 0',
      },
    ])
    expect(
      await database.connection.rows(
        'SELECT 1 FROM logs l LEFT JOIN products p ON p.id = l.entity_id WHERE p.id IS NULL',
      ),
    ).toEqual([])
    expect(await soundness()).toBe(0)
  })

  it.each([
    ['a byte order mark', '\uFEFFname,price\nTea,4.50\n', '', 'products.csv'],
    ['other names', 'Titel,Preis\nTea,4.50\n', '--map name=Titel,price=Preis', 'products.csv'],
    ['exact values', 'name,price,stock\nTea,4.5000,0.00\n', '', 'products.csv'],
    ['columns in another case', 'NAME,Price\nTea,4.50\n', '', 'products.csv'],
    ['a TSV file', 'name\tprice\tdescription\nTea\t4.50\t\\N\n', '', 'products.tsv'],
    ['a JSON list', '[{"name":"Tea",\n"price":4.50}]\n', '', 'products.json'],
    ['another separator', 'name;price\nTea;4.50\n', '--delimiter ;', 'products.csv'],
    ['NDJSON', '{"name":"Tea","price":4.50}\n', '', 'products.ndjson'],
    ['columns of no interest', 'id,name,price\n4711,Tea,4.50\n', '', 'products.csv'],
  ])('is the same from a file with %s', async (_what, content, flags, name) => {
    expect(await importing(content, flags, name)).toMatchObject({ exitCode: 0 })
    expect(await products()).toMatchObject([{ name: 'Tea', price: '4.50' }])
  })

  it.each([
    ['true', 1],
    ['FALSE', 0],
    ['1', 1],
    ['0', 0],
    ['Yes', 1],
    ['no', 0],
  ])('takes %s for truth or not', async (text, stored) => {
    await importing(`name,price,is_active\nTea,1,${text}\n`)
    expect(await products()).toMatchObject([{ is_active: stored }])
  })

  it('may come from standard input, and is told to a person', async () => {
    const { stdout, stderr, exitCode } = await dbtool('products import -', {
      database: database.name,
      stdin: 'name,price\nTea,4.50\n',
    })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^created +1$/m)
  })
})

describe('a row that breaks a rule', () => {
  it.each([
    ['a price that would be rounded', ',Tea,0.001,,,,', 'price must have at most two decimals'],
    ['no name', 'A,,1,,,,', 'name is empty'],
    ['a name that is too long', `A,${'n'.repeat(256)},1,,,,`, 'name must have at most 255 characters, not 256'],
    ['less than nothing', 'A,Tea,1,,-1,,', "stock must be a whole number from 0 to 2147483647, not '-1'"],
    ['neither true nor false', 'A,Tea,1,,,maybe,', "is_active must be true or false, 1 or 0, yes or no, not 'maybe'"],
    ['a day that there is not', 'A,Tea,1,,,,2026-02-30', 'created_at must be a time such as 2026-11-22'],
    [
      'a year that no column holds',
      'A,Tea,1,,,,9999-12-31T23:59:59-01:00',
      'created_at must be in the years 1000 to 9999',
    ],
    ['several faults', 'A,,x,,1.5,,', "name is empty; price must be an amount such as 19.90, not 'x'; stock must be"],
    ['a column too many', 'A,Tea,1,,,,,x', 'has 8 columns, the header has 7'],
  ])('%s: exit 2 with line and reason, and nothing is changed', async (_what, line, reason) => {
    const { exitCode, error } = await importing(`${head}\nOK,Fine,1,,,,\n${line}\n`)
    expect([exitCode, error.code, error.message]).toEqual([
      2,
      'BAD_INPUT',
      expect.stringMatching(/products\.csv, line 3: /),
    ])
    expect(error.message).toContain(reason)
    expect([await products(), await logs()]).toEqual([[], []])
  })

  it('half a character, which only JSON can spell', async () => {
    const { exitCode, error } = await importing('{"name":"Tea \\ud83c","price":1}\n', '', 'half.ndjson')
    expect([exitCode, error.message]).toEqual([2, expect.stringContaining('name must consist of complete characters')])
  })

  it('all are told together with what the shop would refuse, the first twenty, and how many more', async () => {
    await importing('sku,name,price\nTHERE,Tea,1\n')
    const before = await everything(database)
    const rows = [
      'NEW,Tea,1',
      'THERE,Tea,1',
      'NEW,Tea again,1',
      'BAD,Tea,x',
      ...Array.from({ length: 30 }, (_, row) => `B${row},,1`),
    ]
    const { exitCode, error } = await importing(`sku,name,price\n${rows.join('\n')}\n`)
    expect([exitCode, error.code, error.message]).toEqual([
      2,
      'BAD_INPUT',
      expect.stringMatching(/products\.csv was not imported: 33 faults$/),
    ])
    expect(error.faults).toHaveLength(21)
    expect(error.faults?.slice(0, 4).map((fault) => fault.replace(/^.*, line/, 'line'))).toEqual([
      expect.stringMatching(/^line 3: sku 'THERE' already exists \(product \d+\)$/),
      "line 4: duplicate sku 'NEW': already on an earlier line",
      "line 5: price must be an amount such as 19.90, not 'x'",
      'line 6: name is empty',
    ])
    expect(error.faults?.at(-1)).toBe('and 13 more')
    expect(await everything(database)).toEqual(before)
  })

  it('faults of one kind have its code', async () => {
    await importing('sku,name,price\nA,Tea,1\nB,Tea,1\n')
    expect(await importing('sku,name,price\nA,Tea,1\nC,Tea,1\nB,Tea,1\n')).toMatchObject({
      exitCode: 6,
      error: { code: 'DUPLICATE', faults: [expect.stringContaining('line 2'), expect.stringContaining('line 4')] },
    })
  })

  it('is found far behind its first line, and in a file of many statements', async () => {
    const rows = Array.from({ length: 2_500 }, (_, row) => `S${row},Tea,1`)
    rows[2_400] = 'S7,Tea,1'
    const { exitCode, error } = await importing(`sku,name,price\n${rows.join('\n')}\n`)
    expect([exitCode, error.message]).toEqual([
      2,
      expect.stringMatching(/line 2402: duplicate sku 'S7': already on an earlier line$/),
    ])
    expect(await products()).toEqual([])
  })
})

describe('--on-error skip', () => {
  const mixed = [',Loose,1', 'A,Tea,4.50', 'A,Tea again,1', 'B,"Pot, iron",x', 'THERE,Tea,1', 'C,Cup,2']

  it('leaves bad rows out, exits 7, and keeps them as they came; mended, they can be imported', async () => {
    await importing('sku,name,price\nTHERE,Old,9\n')
    const rejects = join(folder, 'rejects.csv')
    const { exitCode, json, error } = await importing(
      `sku,name,price\n${mixed.join('\n')}\n`,
      `--on-error skip --rejects ${rejects}`,
    )
    expect([exitCode, error.code, error.message]).toEqual([7, 'PARTLY_DONE', '3 of 6 rows were rejected'])
    expect(json()).toMatchObject({ rows_read: 6, created: 3, rejected: 3 })
    expect(readFileSync(rejects, 'utf8').replace(/product \d+/, 'product N')).toBe(
      `sku,name,price,line,reason\nA,Tea again,1,4,"duplicate sku 'A': already on an earlier line"\nB,"Pot, ` +
        `iron",x,5,"price must be an amount such as 19.90, not 'x'"\nTHERE,Tea,1,6,"sku 'THERE' already exists ` +
        `(product N)"\n`,
    )
    const mended = readFileSync(rejects, 'utf8')
      .replace('A,Tea again', 'A2,Tea again')
      .replace(',x,', ',48.90,')
      .replace('THERE,', 'HERE,')
    expect((await importing(mended)).json()).toMatchObject({ created: 3, rejected: 0 })
    expect((await products()).map(({ sku }) => sku)).toEqual(['THERE', null, 'A', 'C', 'A2', 'B', 'HERE'])
    expect(await soundness()).toBe(0)
  })

  it('tells the first reasons where no file keeps them', async () => {
    const path = join(folder, 'many-bad.csv')
    writeFileSync(path, `sku,name,price\n${Array.from({ length: 9 }, (_, row) => `S${row},,1`).join('\n')}\n`)
    const { stderr, exitCode } = await dbtool(`products import ${path} --on-error skip`, { database: database.name })
    expect(exitCode).toBe(7)
    expect(stderr.split('\n').slice(0, 6)).toEqual(
      [2, 3, 4, 5, 6]
        .map((line) => `rejected: line ${line}: name is empty`)
        .concat('… and more; --rejects FILE saves all of them'),
    )
  })

  it('a file that cannot be read to its end changes nothing, not even the rejects of an earlier run', async () => {
    const rejects = join(folder, 'kept.csv')
    writeFileSync(rejects, 'what was left out before\n')
    const { exitCode, error } = await importing(
      `sku,name,price\n${Array.from({ length: 2_000 }, (_, row) => `S${row},Tea,1`).join('\n')}\nA,"Tea,1\n`,
      `--on-error skip --rejects ${rejects} --force`,
    )
    expect([exitCode, error.message]).toEqual([
      2,
      expect.stringContaining('line 2002: a quote is opened and never closed'),
    ])
    expect([await products(), readFileSync(rejects, 'utf8')]).toEqual([[], 'what was left out before\n'])
  })

  it('--rejects without it is refused', async () => {
    expect(await importing(`${head}\n`, '--rejects x.csv')).toMatchObject({
      exitCode: 2,
      error: { message: '--rejects needs --on-error skip' },
    })
  })
})

describe('a SKU that is there', () => {
  beforeEach(() => importing('sku,name,price,stock,description\nTEA,Tea,4.50,10,green\nPOT,Pot,48.90,3,\n'))

  it('skip: is left as it is', async () => {
    const before = await products()
    expect((await importing('sku,name,price\nTEA,Other,1\nCUP,Cup,2\n', '--on-conflict skip')).json()).toMatchObject({
      created: 1,
      skipped: 1,
      rejected: 0,
    })
    expect((await products()).slice(0, 2)).toEqual(before)
  })

  it('update: only the columns of the file are written, only where they differ, with one row in the log', async () => {
    await database.connection.execute('DELETE FROM logs')
    expect(
      (await importing('sku,name,price\nTEA,Tea,4.75\nPOT,Pot,48.9\nCUP,Cup,2\n', '--on-conflict update')).json(),
    ).toMatchObject({ created: 1, updated: 1, unchanged: 1 })
    expect(await products()).toMatchObject([
      { sku: 'TEA', price: '4.75', stock: 10, description: 'green' },
      { sku: 'POT', stock: 3 },
      { sku: 'CUP' },
    ])
    expect(await logs()).toEqual(['created CUP: Cup, price 2.00, stock 0', 'updated TEA: price 4.50 → 4.75'])
    expect(
      (await importing('sku,name,price\nTEA,Tea,4.75\nPOT,Pot,48.9\nCUP,Cup,2\n', '--on-conflict update')).json(),
    ).toMatchObject({ created: 0, updated: 0, unchanged: 3 })
  })

  it('update: an empty cell empties what may be empty, and says nothing of the rest', async () => {
    expect(
      (
        await importing(
          'sku,name,price,stock,description,is_active,created_at\nTEA,Tea,4.50,,,,\n',
          '--on-conflict update',
        )
      ).json(),
    ).toMatchObject({ updated: 1 })
    expect((await products())[0]).toMatchObject({ stock: 10, description: null, is_active: 1 })
  })

  it('update: in NDJSON null empties, and a key that is not there says nothing', async () => {
    expect(
      (
        await importing(
          '{"sku":"TEA","name":"Tea","price":"4.50"}\n' +
            '{"sku":"POT","name":"Pot","price":"48.90","description":"iron"}\n',
          '--on-conflict update',
          'u.ndjson',
        )
      ).json(),
    ).toMatchObject({ updated: 1, unchanged: 1 })
    expect(
      (
        await importing(
          '{"sku":"TEA","name":"Tea","price":"4.50","description":null}\n',
          '--on-conflict update',
          'u.ndjson',
        )
      ).json(),
    ).toMatchObject({ updated: 1 })
    expect((await products()).map(({ description }) => description)).toEqual([null, 'iron'])
  })

  it('update: stock moves what was received by the difference, so that the ledger stays true', async () => {
    await dbtool('users create --username ada --email ada@example.com --generate-password', { database: database.name })
    await dbtool('orders place --user ada --item TEA:4', { database: database.name })
    await importing('sku,name,price,stock\nTEA,Tea,4.50,20\nPOT,Pot,48.90,0\n', '--on-conflict update')
    expect(await products()).toMatchObject([
      { stock: 20, stock_received: 24 },
      { stock: 0, stock_received: 0 },
    ])
    expect(await soundness()).toBe(0)
    expect((await logs()).slice(-2)).toEqual(['updated TEA: stock 6 → 20', 'updated POT: stock 3 → 0'])
  })

  it.each(['skip', 'update'])(
    '%s: a row without SKU could not be found again, and a line that comes back is a fault',
    async (policy) => {
      const others = Array.from({ length: 600 }, (_, row) => `S${row},Tea,1`)
      const rows = [
        ',Loose,1',
        'TEA,Tea,4.50',
        'TEA,Tea,5.00',
        ...others,
        'POT,Pot,5.00',
        ...others.slice(0, 1),
        'TEA,Tea,4.50',
      ]
      const { exitCode, error } = await importing(`sku,name,price\n${rows.join('\n')}\n`, `--on-conflict ${policy}`)
      expect(exitCode).toBe(2)
      expect(error.faults).toEqual([
        expect.stringMatching(
          new RegExp(`line 2: sku is empty, but --on-conflict ${policy} needs it to find the product$`),
        ),
        expect.stringMatching(/line 4: duplicate sku 'TEA': already on an earlier line$/),
        expect.stringMatching(/line 606: duplicate sku 'S0': already on an earlier line$/),
        expect.stringMatching(/line 607: duplicate sku 'TEA': already on an earlier line$/),
      ])
    },
  )

  it('letters count: TEA and tea are two products', async () => {
    expect((await importing('sku,name,price\ntea,Tea,1\n')).json()).toMatchObject({ created: 1 })
  })
})

describe('a row that only the database refuses', () => {
  it('is found among many, and the others are taken', async () => {
    // Somebody else's rule, of which dbtool knows nothing.
    await database.connection.execute('ALTER TABLE products ADD CONSTRAINT no_thirteen CHECK (stock <> 13)')
    try {
      const rows = Array.from(
        { length: 1_000 },
        (_, row) => `S${row},Tea,1,${row === 321 || row === 777 ? 13 : 1}`,
      ).join('\n')
      const { exitCode, json, stderr } = await importing(`sku,name,price,stock\n${rows}\n`, '--on-error skip')
      expect([exitCode, json()]).toMatchObject([7, { created: 998, rejected: 2 }])
      expect(stderr).toContain('PARTLY_DONE')
      const aborted = await importing(`sku,name,price,stock\nX,Tea,1,13\nY,Tea,1,1\n`)
      expect([aborted.exitCode, aborted.error.code, aborted.error.message]).toEqual([
        6,
        'CONSTRAINT',
        expect.stringMatching(/line 2: .*no_thirteen/),
      ])
      expect((await products()).filter(({ sku }) => sku === 'Y')).toEqual([])
      expect((await logs()).length).toBe(998)
    } finally {
      await database.connection.execute('ALTER TABLE products DROP CONSTRAINT no_thirteen')
    }
  })
})

describe('a file with the key and some other columns', () => {
  beforeEach(() => importing('sku,name,price,stock\nTEA,Tea,4.50,10\nPOT,Pot,48.90,3\n'))

  it.each([
    ['stock', 'sku,stock\nTEA,7\nPOT,0\n', [7, 0], ['4.50', '48.90']],
    ['prices', 'sku,price\nTEA,5.25\n', [10, 3], ['5.25', '48.90']],
    ['a price and no stock', 'sku,price,stock\nTEA,5.25,\n', [10, 3], ['5.25', '48.90']],
  ])('update: a list of %s needs no name', async (_what, content, stocks, prices) => {
    const { exitCode } = await importing(content, '--on-conflict update')
    expect(exitCode).toBe(0)
    const found = await products()
    expect([found.map(({ stock }) => stock), found.map(({ price }) => price)]).toEqual([stocks, prices])
    expect(found.map(({ name }) => name)).toEqual(['Tea', 'Pot'])
    expect(await soundness()).toBe(0)
  })

  it('update: a product that does not exist needs the rest', async () => {
    const before = await everything(database)
    const { exitCode, error } = await importing('sku,stock\nTEA,7\nCUP,1\n', '--on-conflict update')
    expect([exitCode, error.code, error.message]).toEqual([
      5,
      'NOT_FOUND',
      expect.stringMatching(/line 3: there is no product with sku 'CUP', and a new one needs name and price$/),
    ])
    expect(await everything(database)).toEqual(before)
    const skipped = await importing('sku,stock\nTEA,7\nCUP,1\n', '--on-conflict update --on-error skip')
    expect([skipped.exitCode, skipped.json()]).toMatchObject([7, { updated: 1, rejected: 1 }])
  })

  it('without update, the other columns are required', async () => {
    expect(await importing('sku,stock\nTEA,7\n')).toMatchObject({
      exitCode: 2,
      error: { faults: [expect.stringContaining('no column "name"'), expect.stringContaining('no column "price"')] },
    })
  })
})

describe('--dry-run', () => {
  it.each(['abort', 'skip'])('counts all, with --on-error %s, and changes nothing', async (onError) => {
    await importing('sku,name,price\nTEA,Tea,4.50\nPOT,Pot,1\n')
    const before = await everything(database)
    const rows = [
      'TEA,Tea,5',
      'POT,Pot,1',
      ...Array.from({ length: 1_500 }, (_, row) => `S${row},Tea,1`),
      ...(onError === 'skip' ? ['S3,Tea,1'] : []),
    ]
    const { exitCode, json } = await importing(
      `sku,name,price\n${rows.join('\n')}\n`,
      `--dry-run --on-conflict update --on-error ${onError}`,
    )
    expect(exitCode).toBe(onError === 'skip' ? 7 : 0)
    expect(json()).toMatchObject({
      rows_read: rows.length,
      created: 1_500,
      updated: 1,
      unchanged: 1,
      rejected: onError === 'skip' ? 1 : 0,
    })
    expect(await everything(database)).toEqual(before)
  })
})

describe('interrupted', () => {
  const path = join(folder, 'long.csv')
  const rows = 12_000
  writeFileSync(path, `sku,name,price\n${Array.from({ length: rows }, (_, row) => `S${row},Tea,1`).join('\n')}\n`)
  const count = async (table: string) =>
    (await database.connection.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n ?? 0

  /** Ctrl-C as soon as the database says so. */
  async function interrupted(flags: string, isTime: () => Promise<boolean>): Promise<Outcome> {
    const interrupt = new AbortController()
    const outcome = dbtool(`products import ${path} --json ${flags}`, {
      database: database.name,
      signal: interrupt.signal,
    })
    while (!(await isTime()));
    interrupt.abort('SIGINT')
    return outcome
  }

  it('nothing is changed', async () => {
    const writing = async (): Promise<boolean> => {
      await database.connection.execute('SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED')
      return (await count('products')) > 0
    }
    expect(await interrupted('', writing)).toMatchObject({
      exitCode: 130,
      stdout: '',
      error: { code: 'INTERRUPTED', message: 'interrupted; nothing was changed' },
    })
    expect([await count('products'), await count('logs')]).toEqual([0, 0])
  })

  it('with --on-error skip, what was done stays, and the next run goes on', async () => {
    const { exitCode, error } = await interrupted('--on-error skip', async () => (await count('products')) > 0)
    const done = await count('products')
    expect([exitCode, error.code, error.message, error.hint]).toEqual([
      130,
      'INTERRUPTED',
      `interrupted after ${done} rows were changed`,
      'run it again with --on-conflict skip to continue',
    ])
    expect(done).toBeLessThan(rows)
    expect(await count('logs')).toBe(done)
    const again = await dbtool(`products import ${path} --json --on-error skip --on-conflict skip`, {
      database: database.name,
    })
    expect([again.exitCode, again.json()]).toMatchObject([0, { rows_read: rows, created: rows - done, skipped: done }])
    expect([await count('products'), await count('logs')]).toEqual([rows, rows])
  })
})

describe('an error after the first chunks were committed', () => {
  const rows = (sku: (n: number) => string): string =>
    ['sku,name,price', ...Array.from({ length: 600 }, (_, n) => `${sku(n)},P${n},1`), 'STOP,Stop,1'].join('\n')
  beforeEach(() =>
    database.connection.execute(
      `CREATE OR REPLACE TRIGGER stops BEFORE INSERT ON products FOR EACH ROW
        IF NEW.sku = 'STOP' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped by a trigger'; END IF`,
    ),
  )
  afterEach(() => database.connection.execute('DROP TRIGGER stops'))

  it('says what was changed, and how to continue once its cause is removed', async () => {
    const content = rows((n) => `S-${n}`)
    const { exitCode, error } = await importing(content, '--on-error skip')
    expect([exitCode, error.message, error.hint]).toEqual([
      1,
      `stopped by a trigger; 500 rows of ${join(folder, 'products.csv')} were changed before`,
      'add --sql to see the statement; then run it again with --on-conflict skip to continue',
    ])
    await database.connection.execute(
      'CREATE OR REPLACE TRIGGER stops BEFORE INSERT ON products FOR EACH ROW SET @a = 1',
    )
    const again = await importing(content, '--on-error skip --on-conflict skip')
    expect(again.json()).toMatchObject({ created: 101, skipped: 500 })
  })

  it('does not say so where a second run would create rows once more', async () => {
    const { error } = await importing(
      rows(() => ''),
      '--on-error skip',
    )
    expect(error.hint).toBe(
      'add --sql to see the statement; then remove the imported rows from the file: ' +
        'a row without sku is created again',
    )
  })

  it('is told as it is where nothing was changed', async () => {
    const { error } = await importing(`sku,name,price\nSTOP,Stop,1`, '--on-error skip')
    expect([error.message, error.hint]).toEqual(['stopped by a trigger', 'add --sql to see the statement'])
  })
})
