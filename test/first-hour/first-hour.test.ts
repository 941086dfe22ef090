import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { homeOfFile } from '../server/temporary-home.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { appAccount, login } from '../support/people.ts'
import { respond, shellLine } from '../support/terminal.ts'
import { type Command, paths, type Persona } from './paths.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = temporaryFolder()
const { home } = homeOfFile()
const own = testDatabase({ migrated: false })
const names = Object.keys(paths) as Persona[]

/** Twenty orders: each has one product in common with the others, and half of them one with a long name. */
function november(): string {
  const lines = Array.from({ length: 20 }, (_, index) => {
    const [head, tail] = [`2026-${index + 1},grace`, `2026-11-0${1 + (index % 3)} 09:15:00`]
    const cup = 'CUP-1,2,12.00,"Porcelain cup, with a saucer and a lid, second edition"'
    const other = index % 2 === 0 ? cup : 'POT-1,1,48.90,Teapot'
    return `${head},TEA-1,1,4.50,Green tea,${tail}\n${head},${other},${tail}\n`
  })
  return `order_ref,user,sku,quantity,price,product_name,ordered_at\n${lines.join('')}`
}

const folderOf = (name: Persona): string => join(folder, name)
const envOf = (name: Persona): Record<string, string> => ({
  PATH: `${root}:${process.env['PATH'] ?? ''}`,
  HOME: folder,
  TZ: 'UTC',
  // The engineer has a server of their own, and the others share the private one.
  DBTOOL_HOME: name === 'engineer' ? join(folder, 'nothing') : home,
})

beforeAll(async () => {
  for (const name of names) mkdirSync(folderOf(name))
  writeFileSync(join(folderOf('operator'), 'november.csv'), november())
  const settings = { DB_SOCKET: inject('socket'), DB_NAME: own.name, ...login('app') }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(folderOf('engineer'), '.env'), lines.join(''), { mode: 0o600 })
  await own.connection.execute('CREATE TABLE events (id INT PRIMARY KEY, note TEXT)')
  await own.connection.execute("INSERT INTO events SELECT seq, 'an event' FROM seq_1_to_1000")
  await own.connection.execute(`GRANT SELECT ON ${own.name}.events TO ${appAccount.user}@${appAccount.host}`)
})

async function walk(name: Persona, { line, prompts = [], sees, exitCode = 0 }: Command): Promise<void> {
  const tty = shellLine(line, { cwd: folderOf(name), env: envOf(name) })
  await respond(tty, prompts)
  expect([line, await tty.ended()], tty.screen).toEqual([line, exitCode])
  // A message is wrapped between words.
  const text = tty.screen.replace(/\s+/g, ' ')
  for (const seen of sees)
    if (typeof seen === 'string') expect(text).toContain(seen)
    else expect(tty.screen).toMatch(seen)
  const frames = tty.screen.split('\n').filter((one) => /^[┌│├└]/.test(one))
  expect(frames.filter((one) => one.length > 80)).toEqual([])
}

describe('the first hour, at a terminal of 80 × 24', () => {
  // In this order: the reader creates the shop in which the operator and the script work.
  it.each(names)('of the %s', async (name) => {
    for (const command of paths[name]) await walk(name, command)
  })

  it('of the script leaves answers for programs', () => {
    const answer = (file: string): unknown => JSON.parse(readFileSync(join(folderOf('script'), file), 'utf8'))
    expect(answer('user.json')).toMatchObject({
      username: 'night',
      password: expect.stringMatching(/^\S{12,}$/) as string,
    })
    expect(answer('order.json')).toMatchObject({ total_amount: '4.50' })
    expect(answer('shipped.json')).toMatchObject([{ outcome: 'shipped' }])
    expect(answer('revenue.json')).toMatchObject([{ orders: expect.any(Number) as number }])
  })
})

/** What a person types on a path: all keys, also those at prompts. */
function effort(path: readonly Command[]): { commands: number; keys: number } {
  const typed = path.flatMap(({ line, prompts = [] }) => [`${line}\r`, ...prompts.map(({ type }) => type)])
  return { commands: path.length, keys: typed.reduce((sum, text) => sum + text.length, 0) }
}

describe('the page about it', () => {
  const page = readFileSync(join(root, 'docs/first-hour.md'), 'utf8')
  it.each(names)('has the commands and keys of the %s, and each line', (name) => {
    const { commands, keys } = effort(paths[name])
    expect(page).toMatch(new RegExp(`^\\| ${name} \\|[^|]+\\| ${commands} \\|[^|]+\\| ${keys} \\|`, 'm'))
    for (const { line } of paths[name]) expect(page).toContain(line)
  })
})
