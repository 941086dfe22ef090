import { beforeEach, describe, expect, it } from 'vitest'
import { createPool, DbtoolError, placeOrder, type NewOrder } from '../../src/index.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'
import { everything, renewedShop } from '../support/shop.ts'

const database = testDatabase()
beforeEach(() => renewedShop(database))

const sound = { userId: 1, lines: [{ productId: 1, quantity: 1 }], key: 'k' }
const line = (more: object) => ({ lines: [{ productId: 1, quantity: 1, ...more }] })
const shipping = (amount: string) => ({ adjustments: [{ kind: 'shipping', label: null, amount }] })

/** The three doors to an order, each with the message for the same fault. */
const doors = {
  library: async (changes: object): Promise<string> => {
    const pool = poolOn(database)
    const error: unknown = await placeOrder(pool, { ...sound, ...changes }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'BAD_INPUT' })
    return (error as DbtoolError).message
  },
  'command line': async (words: readonly string[]): Promise<string> => {
    const { exitCode, error } = await dbtool(['orders', 'place', '--user', 'ada', ...words, '--json'], {
      database: database.name,
    })
    expect(exitCode).toBe(2)
    return error.message
  },
  import: async (row: string): Promise<string> => {
    const stdin = `order_ref,user,sku,quantity,price,shipping,status\n${row}\n`
    const { exitCode, error } = await dbtool('orders import - --json', { database: database.name, stdin })
    expect(exitCode).toBe(2)
    return error.message
  },
}

const item = ['--item', 'TEA-1:1']
const whole = 'must be a whole number from 1 to 2147483647, not'

/** The fault, and how it comes through each door; undefined where a door has no such value. */
const faults: Record<string, { words: string; library: object; 'command line'?: readonly string[]; import?: string }> =
  {
    'a negative price': {
      words: "must be an amount such as 19.90, not '-5.00'",
      library: line({ price: '-5.00' }),
      import: 'A,ada,TEA-1,1,-5.00,,',
    },
    'a price of three decimals': {
      words: "must have at most two decimals, not '1.999': money is never rounded",
      library: line({ price: '1.999' }),
      import: 'A,ada,TEA-1,1,1.999,,',
    },
    'shipping of three decimals': {
      words: "must have at most two decimals, not '1.999': money is never rounded",
      library: shipping('1.999'),
      'command line': [...item, '--shipping', '1.999'],
      import: 'A,ada,TEA-1,1,,1.999,',
    },
    'negative shipping': {
      words: 'must not be negative',
      library: shipping('-1.00'),
      'command line': [...item, '--shipping=-1.00'],
      import: 'A,ada,TEA-1,1,,-1.00,',
    },
    ...Object.fromEntries(
      [1.5, 0, -1, NaN, 2_147_483_648].map((quantity) => [
        `a quantity of ${quantity}`,
        {
          words: `quantity ${whole} '${quantity}'`,
          library: line({ quantity }),
          'command line': ['--item', `TEA-1:${quantity}`],
          import: `A,ada,TEA-1,${quantity},,,`,
        },
      ]),
    ),
    'no key': {
      words: 'empty',
      library: { key: '' },
      'command line': [...item, '--idempotency-key', ''],
      import: ',ada,TEA-1,1,,,',
    },
    'a key of spaces': {
      words: 'must not be empty',
      library: { key: '  ' },
      'command line': [...item, '--idempotency-key', '  '],
    },
    'a key of 201 characters': {
      words: 'must have at most 200 characters, not 201',
      library: { key: 'k'.repeat(201) },
      'command line': [...item, '--idempotency-key', 'k'.repeat(201)],
    },
    // A key that was made of several columns may be longer in a file: 248 characters.
    'a key of 249 characters': {
      words: 'characters, not 249',
      library: { key: 'k'.repeat(249) },
      import: `${'k'.repeat(249)},ada,TEA-1,1,,,`,
    },
    'a control character in the key': {
      words: 'must not contain control characters',
      library: { key: 'a\u0000b' },
      'command line': [...item, '--idempotency-key', 'a\u0001b'],
      import: 'a\u0001b,ada,TEA-1,1,,,',
    },
    // The lines of a file are what was bought one after the other: the import adds them up.
    'the same product twice': {
      words: 'is given twice',
      library: { lines: [sound.lines[0], sound.lines[0]] },
      'command line': [...item, ...item],
    },
    'an unknown status': { words: 'must be one of', library: { status: 'lost' }, import: 'A,ada,TEA-1,1,,,lost' },
  }

describe('a fault of an order', () => {
  it.each(
    Object.entries(faults).flatMap(([fault, { words, ...given }]) =>
      Object.entries(given).map(([door, input]) => [fault, door, words, input] as const),
    ),
  )('%s, through the %s: %s', async (_fault, door, words, input) => {
    const before = await everything(database)
    const through = doors[door as keyof typeof doors] as (given: unknown) => Promise<string>
    expect(await through(input)).toContain(words)
    expect(await everything(database)).toEqual(before)
  })

  /** What only a program can give: values of any type, as from JSON. */
  it.each<[string, unknown, string | readonly string[]]>([
    ['no object', null, 'the order must be an object, not null'],
    ['a list', [], 'the order must be an object, not a list'],
    ['nothing', {}, ['userId is missing', 'lines is missing']],
    ['a user as text', { ...sound, userId: '1' }, "userId must be a number, not the text '1'"],
    ['a bigint', { ...sound, userId: 1n }, 'userId must be a number, not the bigint 1'],
    [
      'properties of every object',
      JSON.parse(
        '{"__proto__": {"userId": 1}, "constructor": 1, "userId": 1, "lines": [{"__proto__": {"quantity": 1}}]}',
      ),
      [
        "the order has an unknown property '__proto__'",
        "the order has an unknown property 'constructor'",
        "lines[0] has an unknown property '__proto__'",
        'lines[0].productId is missing',
        'lines[0].quantity is missing',
      ],
    ],
    [
      'huge and odd numbers',
      { userId: 1e21, ...line({ productId: -0, quantity: Infinity }) },
      [`userId ${whole} '1e+21'`, `productId ${whole} '0'`, `quantity ${whole} 'Infinity'`],
    ],
    [
      'objects in place of values',
      { userId: new Date(0), lines: [{ productId: ['1'], quantity: new Number(1), price: new Date(NaN) }] },
      [
        'userId must be a number, not a Date',
        'productId must be a number, not a list',
        'quantity must be a number, not an object',
        "price must be a text such as '19.90', not an invalid Date",
      ],
    ],
    ...['１２', '1e2', '0x10', ' 1', '1.00\n', '+1', '1,00', '1_000', 'NaN'].map((price): [string, unknown, string] => [
      `a price of ${JSON.stringify(price)}`,
      { ...sound, ...line({ price }) },
      `lines[0].price must be an amount such as 19.90, not '${price}'`,
    ]),
    ['lines that are bytes', { ...sound, lines: new Uint8Array(3) }, 'lines must be a list, not bytes'],
    ['lines with holes', { ...sound, lines: Array(2) }, ['lines[0] is missing', 'lines[1] is missing']],
    [
      'two signs of a discount',
      { ...sound, adjustments: [{ kind: 'discount', amount: '--1' }] },
      "adjustments[0].amount must be an amount such as 19.90, not '--1'",
    ],
    [
      'texts of megabytes',
      {
        ...sound,
        key: 'k'.repeat(5_000_000),
        ['p'.repeat(5_000_000)]: 1,
        ...line({ price: `1.${'0'.repeat(5_000_000)}x` }),
      },
      [
        `the order has an unknown property '${'p'.repeat(40)}…'`,
        `lines[0].price must be an amount such as 19.90, not '1.${'0'.repeat(38)}…'`,
        'key must have at most 200 characters, not 5000000',
      ],
    ],
    ['no lines', { ...sound, lines: [] }, 'lines must not be empty'],
    ['lines that are no list', { ...sound, lines: { 0: 1 } }, 'lines must be a list, not an object'],
    ['a line that is null', { ...sound, lines: [null] }, 'lines[0] must be an object, not null'],
    [
      'a price as a number',
      { ...sound, ...line({ price: 4.5 }) },
      "lines[0].price must be a text such as '19.90', not the number 4.5",
    ],
    [
      'a quantity as text',
      { ...sound, ...line({ quantity: '2' }) },
      "lines[0].quantity must be a number, not the text '2'",
    ],
    ['a key that is null', { ...sound, key: null }, 'key must be a text, not null'],
    [
      'a cancelled order',
      { ...sound, status: 'cancelled' },
      "status must be one of confirmed, pending, not 'cancelled'",
    ],
    ['an unknown property', { ...sound, users: 1 }, "the order has an unknown property 'users'"],
    [
      'a misspelt property',
      { ...sound, ...line({ quantitiy: 2 }) },
      "lines[0] has an unknown property 'quantitiy'; did you mean quantity?",
    ],
    ['a dry run as text', { ...sound, dryRun: 'yes' }, "dryRun must be true or false, not the text 'yes'"],
    [
      'the same product twice',
      { ...sound, lines: [sound.lines[0], { productId: 2, quantity: 1 }, sound.lines[0]] },
      'product 1 is given twice, in lines[0] and lines[2]',
    ],
    [
      'faults of adjustments',
      { ...sound, adjustments: [{ kind: 'gift', amount: '1' }, { kind: 'tax', label: '', amount: 1 }, 7] },
      [
        "adjustments[0].kind must be one of shipping, discount, tax, not 'gift'",
        "adjustments[1].amount must be a text such as '4.90', not the number 1",
        'adjustments[1].label must not be empty',
        'adjustments[2] must be an object, not the number 7',
      ],
    ],
    [
      'more lines than one document takes',
      { ...sound, lines: Array.from({ length: 10_001 }, () => ({})) },
      'lines must have at most 10000 entries, not 10001',
    ],
    [
      'more adjustments than one document takes',
      { ...sound, adjustments: Array.from({ length: 1_001 }, () => ({})) },
      'adjustments must have at most 1000 entries, not 1001',
    ],
    [
      'more faults than anybody reads',
      { ...sound, lines: Array.from({ length: 10_000 }, () => 0) },
      [
        ...Array.from({ length: 100 }, (_, at) => `lines[${at}] must be an object, not the number 0`),
        'further faults are not listed',
      ],
    ],
    [
      'more unknown properties than anybody reads',
      Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`p${at}`, 1])),
      [
        ...Array.from({ length: 100 }, (_, at) => `the order has an unknown property 'p${at}'`),
        'further faults are not listed',
      ],
    ],
    [
      'everything at once',
      { userId: 0, lines: [{ productId: 1, quantity: 0, price: 'x' }], key: '', state: 'new' },
      [
        "the order has an unknown property 'state'",
        `userId ${whole} '0'`,
        `lines[0].quantity ${whole} '0'`,
        "lines[0].price must be an amount such as 19.90, not 'x'",
        'key must not be empty',
      ],
    ],
  ])('%s: all faults together, before the server is asked', async (_what, order, expected) => {
    // Nothing listens there.
    const pool = createPool({ socket: '/nowhere.sock' })
    const error: unknown = await placeOrder(pool, order as NewOrder).catch((reason: unknown) => reason)
    const list = [expected].flat()
    expect(error).toMatchObject({
      code: 'BAD_INPUT',
      faults: list.map((fault): unknown => expect.stringContaining(fault)),
    })
    for (const fault of list) expect((error as DbtoolError).message).toContain(fault)
    await pool.close()
  })

  it('equal amounts are the same order, however they are written', async () => {
    const pool = poolOn(database)
    const order = { ...sound, ...line({ price: '4.5' }), ...shipping('2') } as NewOrder
    const { orderId, totalAmount } = await placeOrder(pool, order)
    expect(totalAmount).toBe('6.50')
    const again = { ...sound, ...line({ price: '04.500' }), ...shipping('2.00') } as NewOrder
    expect(await placeOrder(pool, again)).toEqual({ outcome: 'existing', orderId, totalAmount })
  })

  it('a discount is deducted with and without its sign', async () => {
    const pool = poolOn(database)
    for (const amount of ['0.50', '-0.50'])
      expect(
        await placeOrder(pool, { ...sound, adjustments: [{ kind: 'discount', label: 'voucher', amount }] }),
      ).toMatchObject({ totalAmount: '4.00' })
  })
})
