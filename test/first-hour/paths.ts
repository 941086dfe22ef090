import type { Step } from '../support/terminal.ts'
import { keys } from '../support/terminal.ts'

/** A command line of a path: what the person types at its prompts, and sees on the screen. */
export interface Command {
  readonly line: string
  readonly prompts?: readonly Step[]
  readonly sees: readonly (string | RegExp)[]
  /** Default 0. Another one is a mistake that the person makes, and its answer. */
  readonly exitCode?: number
}

export type Persona = 'reader' | 'operator' | 'engineer' | 'script'

const clear = '\u0015'

/** What four people do in their first hour, in the order in which they do it. */
export const paths: Readonly<Record<Persona, readonly Command[]>> = {
  // Somebody who has read the chapter and has nothing but a clone.
  reader: [
    { line: 'dbtool server start', sees: ['the private server is running'] },
    { line: 'dbtool db migrate', sees: ['applied migration 1 (shop)'] },
    {
      line: 'dbtool users create --username alice_dev --email alice@example.com --generate-password',
      sees: ['added alice_dev', /password: \S{12,}/],
    },
    {
      line: 'dbtool products create --sku LAPTOP --name Laptop --price 999.99 --stock 10',
      sees: ['added Laptop'],
    },
    { line: 'dbtool orders place --user alice_dev --item LAPTOP:2', sees: [/placed order \d+: 1,999\.98/] },
    { line: 'dbtool orders place --user alice_dev --item LAPTOP:9', sees: ['out of stock'], exitCode: 6 },
    {
      line: 'dbtool sql "SELECT name, stock FROM products WHERE sku = :sku" --param sku=LAPTOP',
      sees: [/│ Laptop │ +8 │/],
    },
    { line: 'dbtool sql "UPDATE products SET stock = 0"', sees: ['--write'], exitCode: 2 },
    { line: 'dbtool report eager-loading', sees: ['one-by-one', 'second-query'] },
    { line: 'dbtool db check', sees: ['all invariants hold'] },
  ],
  // Somebody who works with the shop every day.
  operator: [
    {
      line: 'dbtool orders import november.csv --create-missing --initial-stock 100',
      sees: [/orders_placed +20/],
    },
    // Each product is one line, whatever the length of its name.
    { line: 'dbtool products list', sees: [/│ CUP-1 +│ Porcelain .*… │ +12\.00 │/] },
    {
      line: 'dbtool orders place',
      prompts: [
        { see: 'Which customer?', type: 'gra' },
        { see: 'gra\n❯ grace  grace@import.invalid\n\n', type: keys.enter },
        { see: 'Which product?', type: 'tea-' },
        { see: 'tea-\n❯ TEA-1  Green tea  4.50  80 in stock\n\n', type: keys.enter },
        { see: 'How many TEA-1? (80 in stock', type: `81${keys.enter}` },
        { see: 'Must be at most 80', type: `${clear}2${keys.enter}` },
        { see: 'That is all: 1 product', type: keys.enter },
        { see: 'Place this order of 9.00 for grace?', type: `y${keys.enter}` },
      ],
      sees: [/placed order \d+: 9\.00/, '--user grace --item TEA-1:2'],
    },
    {
      line: 'dbtool orders ship --all',
      prompts: [{ see: 'Mark 22 orders as shipped?', type: `y${keys.enter}` }],
      sees: ['22 orders shipped'],
    },
    { line: 'dbtool products restock TEA-1 POT-1 CUP-1 --by 10', sees: ['now 88 in stock (+10)'] },
    { line: 'dbtool report top-products --chart', sees: [/█{20}/, 'too narrow for product_id'] },
    {
      line: 'dbtool report revenue --from 2026-11-01 --to 2026-11-03 --chart-out revenue.html',
      sees: ['chart written to revenue.html'],
    },
    { line: 'dbtool orders ship 1 99', sees: ['there is no order 99'], exitCode: 7 },
  ],
  // Somebody with a server and a database of their own, whose settings are in `.env`.
  engineer: [
    { line: 'DB_PASSWORD=wrong dbtool connection test', sees: ["refused user 'dbtool_app'"], exitCode: 4 },
    { line: 'dbtool connection test', sees: ['connected as'] },
    { line: 'dbtool sql "SELECT COUNT(*) AS events FROM events"', sees: [/│ +1,?000 │/] },
    {
      line:
        'dbtool pool tune --sql "SELECT * FROM events WHERE id = {{random 1 1000}}" ' +
        '--max 4 --duration 200ms --warmup 0ms --for hikaricp --instances 4',
      sees: [/a pool of \d connections?|no knee up to 4 connections/, /pool_size/],
    },
    {
      line:
        'dbtool pool stress --sql "SELECT * FROM events WHERE id = {{random 1 1000}}" --workers 20 --duration 1s ' +
        '--threshold "failed<1" --out md=pool.md',
      sees: [/✔ +│ failed < 1/],
    },
  ],
  // The lines of a script in the night, which has a terminal only while somebody tries it.
  script: [
    {
      line: 'dbtool users create --username night --email night@example.com --generate-password --json > user.json',
      sees: [],
    },
    {
      line: 'dbtool orders place --user night --item TEA-1:1 --idempotency-key night-1 --json > order.json',
      sees: [],
    },
    {
      line: 'dbtool orders list --status confirmed --format ids | dbtool orders ship - --json > shipped.json',
      sees: [],
    },
    { line: 'dbtool report revenue --from yesterday --json > revenue.json', sees: [] },
    { line: 'dbtool orders place --user night --json', sees: ['"code":"USAGE"', '--item'], exitCode: 2 },
  ],
}
