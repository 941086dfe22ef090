import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, it } from 'vitest'
import { readEnvFile } from '../../src/config/env-file.ts'
import { optionFileLayer } from '../../src/config/option-layer.ts'
import { dbtool } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  chmodSync(join(folder, name), 0o600)
  return name
}
const faultsIn = (text: string): string[] =>
  readEnvFile(written('.env', text), { cwd: folder, env: {} }).faults.map(({ sentence }) => sentence)

const cut = (name: string, quote = "'"): string =>
  `${name} ends at a # outside quotes; ` +
  `write ${name.split(' ')[0] ?? ''}=${quote}…${quote} to keep the whole value, or put a space before the comment`

describe('a value of an env file that dotenv would change in silence', () => {
  it.each([
    ['DB_PASSWORD=abc#def', 'abc', [cut('DB_PASSWORD (.env)')]],
    ['DB_PASSWORD=#def', '', [cut('DB_PASSWORD (.env)')]],
    ['DB_PASSWORD=abc#', 'abc', [cut('DB_PASSWORD (.env)')]],
    ['export DB_PASSWORD = abc#def', 'abc', [cut('DB_PASSWORD (.env)')]],
    ['DB_PASSWORD: abc#def', 'abc', [cut('DB_PASSWORD (.env)')]],
    ["DB_PASSWORD=it's#1", "it's", [cut('DB_PASSWORD (.env)', '`')]],
    ["DB_PASSWORD=it's`#1", "it's`", [cut('DB_PASSWORD (.env)', '"')]],
    ["DB_PASSWORD='abc'#def", 'abc', [cut('DB_PASSWORD (.env)', '`')]],
    ["DB_PASSWORD='abc#def", "'abc", [cut('DB_PASSWORD (.env)', '`')]],
    [
      'DB_PASSWORD="a\\nb"',
      'a\nb',
      ['DB_PASSWORD (.env) contains a line break, as \\n in double quotes does; use single quotes'],
    ],
    [
      "DB_PASSWORD='a\nb'",
      'a\nb',
      ['DB_PASSWORD (.env) contains a line break, as \\n in double quotes does; use single quotes'],
    ],
  ])('%j is an error', (line, value, faults) => {
    expect(parse(line)['DB_PASSWORD']).toBe(value)
    expect(faultsIn(`${line}\n`)).toEqual(faults)
  })

  it.each([
    ["DB_PASSWORD='abc#def'", 'abc#def'],
    ['DB_PASSWORD="abc#def"', 'abc#def'],
    ['DB_PASSWORD=`abc#def`', 'abc#def'],
    ["DB_PASSWORD='a\\nb'", 'a\\nb'],
    ['DB_PASSWORD=abc # def', 'abc'],
    ["DB_PASSWORD='abc'\t# def", 'abc'],
    ['DB_PASSWORD= # def', ''],
    ['DB_PASSWORD=', ''],
    ['DB_PASSWORD=abc\n# DB_PASSWORD=abc#def', 'abc'],
    ['DB_PASSWORD=abc\nTOKEN=abc#def\nKEY="a\\nb"', 'abc'],
  ])('%j is none', (lines, value) => {
    const { texts, faults } = readEnvFile(written('.env', `${lines}\n`), { cwd: folder, env: {} })
    expect([texts['DB_PASSWORD'], faults]).toEqual([value, []])
  })

  it('is named for every setting at once, and never shown', async () => {
    written('.env', 'DB_HOST=db#1\nDB_USER=ada\nDB_PASSWORD=hunter#2\nDBTOOL_PROFILE=a#b\n')
    const { exitCode, stderr } = await dbtool('config show', { cwd: folder })
    expect(exitCode).toBe(2)
    for (const name of ['DB_HOST', 'DB_PASSWORD', 'DBTOOL_PROFILE']) expect(stderr).toContain(cut(`${name} (.env)`))
    expect(stderr).not.toMatch(/hunter|db#1/)
    const { error } = await dbtool('connection test --json', { cwd: folder })
    expect(error).toMatchObject({ code: 'BAD_CONFIG', exitCode: 2 })
    expect(error.faults).toContain(cut('DB_PASSWORD (.env)'))
  })
})

describe('a value of an option file that a # cuts, as in the programs of MariaDB,', () => {
  const read = (text: string): { texts: object; faults: string[] } => {
    const path = join(folder, written('my.cnf', text))
    const { layer, faults } = optionFileLayer(path, { cwd: folder, home: folder })
    return { texts: layer.texts, faults: faults.map(({ sentence }) => sentence.replace(path, 'my.cnf')) }
  }

  it.each([
    ['password=abc#def', 'password', "'"],
    ['password = abc#def', 'password', "'"],
    ['user=#ada', 'user', "'"],
    ["password=it's#1#2'#3", 'password', '"'],
    ['loose-host=db#1', 'loose-host', "'"],
  ])('%j is an error', (line, name, quote) => {
    expect(read(`[client]\n${line}\n`).faults).toEqual([cut(`${name} (my.cnf)`, quote)])
  })

  it.each([
    ['[client]\npassword="abc#def"\n', { DB_PASSWORD: 'abc#def' }],
    ['[client]\npassword=abc # def\n', { DB_PASSWORD: 'abc' }],
    ['[client]\npassword=abc#def\npassword=whole\n', { DB_PASSWORD: 'whole' }],
    ['[client]\nprompt=a#b\n[mysqld]\nport=1#2\n', {}],
  ])('%j has none', (text, texts) => {
    expect(read(text)).toEqual({ texts, faults: [] })
  })
})
