import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { version } from '../../src/version.ts'
import { binary, environment } from '../support/binary.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'

const folder = temporaryFolder()
const shop = testDatabase()
beforeAll(() => smallShop(shop.name))

/** A line of a shell in which `dbtool` is the compiled tool. */
function shell(
  line: string,
  env: Record<string, string> = { HOME: folder },
): { stdout: string; stderr: string; status: number | null } {
  return spawnSync('/bin/bash', ['--norc', '-c', `dbtool() { "${process.execPath}" "${binary}" "$@"; }\n${line}`], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 20_000,
  })
}

describe('standard output', () => {
  it.each([
    [
      'a full disk',
      'dbtool --version > /dev/full',
      /^error: cannot write to standard output: .*ENOSPC.*\nhint: the output is incomplete\n$/,
    ],
    [
      'a full disk, for a program',
      'dbtool config show --json > /dev/full',
      /^\{"error":\{"code":"UNEXPECTED","message":"cannot write to standard output: .*ENOSPC/,
    ],
    [
      'a disk that takes the half',
      'ulimit -f 1; dbtool --help > half',
      /^error: cannot write to standard output: .*EFBIG.*\n/,
    ],
  ])('that cannot be written completely is an error with exit code 1: %s', (_what, line, stderr) => {
    expect(shell(line)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(stderr) })
  })

  it('is complete in a file', () => {
    expect(shell('dbtool --help > whole; dbtool --help >> whole')).toMatchObject({ status: 0, stderr: '' })
    const { stdout } = shell('dbtool --help')
    expect(readFileSync(join(folder, 'whole'), 'utf8')).toBe(`${stdout}${stdout}`)
  })

  it('comes before the message that follows it in the same file', () => {
    expect(shell('dbtool db check > both 2>&1', environment(shop.name)).status).toBe(0)
    expect(readFileSync(join(folder, 'both'), 'utf8')).toMatch(/^┌[^]*┘\n✔ all invariants hold\n$/)
  })

  it.each(['dbtool --help | true', 'dbtool --help | head -1 > /dev/null'])(
    'a reader that stops early is no error: %s',
    (line) => {
      expect(shell(`set -o pipefail; ${line}`)).toMatchObject({ status: 0, stderr: '' })
    },
  )

  it('may be closed', () => {
    expect(shell('dbtool --version >&-')).toMatchObject({ status: 0, stderr: '' })
  })
})

it('messages that cannot be written do not change the exit code', () => {
  expect(shell('dbtool users lst 2> /dev/full').status).toBe(2)
})

it('dbtool works in a removed working directory', () => {
  expect(shell('mkdir gone; cd gone; rmdir ../gone; dbtool --version')).toMatchObject({
    status: 0,
    stdout: `${version()}\n`,
    stderr: '',
  })
})
