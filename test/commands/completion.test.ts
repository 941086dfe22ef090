import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { describe, expect, it } from 'vitest'
import { scripts } from '../../commands/completion/scripts.ts'
import { binary } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
writeFileSync(join(folder, 'dbtool'), `#!/bin/sh\nexec '${process.execPath}' '${binary}' "$@"\n`)
chmodSync(join(folder, 'dbtool'), 0o755)
writeFileSync(join(folder, 'orders.csv'), '')
writeFileSync(join(folder, '.dbtool.json'), '{"profiles":{"staging":{"host":"h"},"local":{"socket":"/s"}}}')
const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder, TERM: 'xterm', LC_ALL: 'C.UTF-8' }
const installed = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0

/** What is typed, the last word being completed; what is offered. */
const table: readonly [words: string[], offered: string[]][] = [
  [['u'], ['users']],
  [['users', 'l'], ['list']],
  [['--json', '--user', 'pool', 'users', 'l'], ['list']],
  [['users', 'list', '--ver'], ['--verbose']],
  [['users', 'list', '--format', 'c'], ['csv', 'count']],
  [['users', 'list', '--sort', '-e'], ['-email']],
  [['users', 'list', '--fields', 'em'], ['email']],
  [['users', 'list', '--fields', 'id,em'], ['id,email']],
  [['users', 'list', '--fields', 'id,email,em'], []],
  [['users', 'list', '--ssl-mode', 'verify'], ['verify-ca', 'verify-identity']],
  [['users', 'list', '--profile', ''], ['staging', 'local']],
  [['orders', 'list', '--status', 's'], ['shipped']],
  [['pool', 'stress', '--mode', 'f'], ['fair']],
  [['report', 'low'], ['low-stock']],
  [['help', 'exit'], ['exit-codes']],
  [['help', 'users', 'cr'], ['create']],
  [['completion', 'b'], ['bash']],
  [['orders', 'import', 'ord'], ['orders.csv']],
  [['users', 'list', '-o', 'ord'], ['orders.csv']],
  [['users', 'list', '>', 'ord'], ['orders.csv']],
  [['users', '$(touch broken)', 'x'], []],
]

describe('what is offered', () => {
  it.skipIf(!installed('bash')).each(table)('by bash for %j', (words, offered) => {
    const asked = `${scripts.bash}\nCOMP_WORDS=(dbtool "$@"); COMP_CWORD=$#; _dbtool; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['--norc', '-c', asked, 'bash', ...words], { cwd: folder, env, encoding: 'utf8' })
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual(offered)
  })

  it.skipIf(!installed('fish')).each(table.filter(([[, second]]) => second?.startsWith('$') !== true))('by fish for %j', (words, offered) => {
    const { stdout } = spawnSync('fish', ['--no-config', '-c', `${scripts.fish}\ncomplete -C "$argv"`, `dbtool ${words.join(' ')}`], { cwd: folder, env, encoding: 'utf8' })
    const values = stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t')[0])
    expect(values.sort()).toEqual([...offered].sort())
  })
})

/** Types a line with TAB at its end into a shell that has the script, and waits for what comes of it. */
async function tabbed([shell = '', ...argv]: string[], setUp: string, line: string, wanted: string): Promise<string> {
  const pty = spawn(shell, argv, { cols: 100, rows: 40, cwd: folder, env })
  let screen = ''
  pty.onData((text) => (screen += stripVTControlCharacters(text)))
  const see = (text: string): Promise<void> => expect.poll(() => screen, { timeout: 15_000 }).toContain(text)
  try {
    pty.write(`${setUp}; echo rea''dy\r`)
    await see('ready')
    pty.write(`${line}\t`)
    await see(wanted)
    return screen
  } finally {
    pty.kill('SIGKILL')
  }
}

describe('at a terminal, TAB', () => {
  it.skipIf(!installed('bash'))('in bash completes a verb, and a value behind =', async () => {
    const bash = (line: string, wanted: string): Promise<string> => tabbed(['bash', '--norc', '-i'], 'eval "$(dbtool completion bash)"', line, wanted)
    await bash('dbtool users aut', 'dbtool users authenticate')
    await bash('dbtool users list --format=nd', '--format=ndjson')
    await bash('dbtool "users" aut', 'dbtool "users" authenticate')
  })

  it.skipIf(!installed('zsh'))('in zsh completes a verb and a value behind =, and describes what there is', async () => {
    const zsh = (line: string, wanted: string): Promise<string> => tabbed(['zsh', '-f', '-i'], 'autoload -U compinit; compinit -u -D; eval "$(dbtool completion zsh)"', line, wanted)
    await zsh('dbtool users aut', 'users authenticate')
    await zsh('dbtool users list --format=nd', '--format=ndjson')
    await zsh('dbtool users l\b', 'List users, newest first')
  })
})

it('offers descriptions to zsh and fish, and whole words to fish', async () => {
  expect((await dbtool(['completion', 'zsh', '--', 'users', 'l'])).stdout).toBe('list\tList users, newest first\n')
  expect((await dbtool(['completion', 'fish', '--', 'users', 'list', '--format=nd'])).stdout).toBe('--format=ndjson\n')
})

it('asks no database: there is none', async () => {
  const outcome = await dbtool(['completion', 'bash', '--', 'users', 'get', ''], { env: { DB_HOST: '127.0.0.1', DB_PORT: '1' } })
  expect(outcome).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
})

it('of a shell that is not known is a mistake', async () => {
  expect((await dbtool('completion fihs --json')).error).toMatchObject({ code: 'USAGE', message: "<shell> must be one of bash, zsh, fish, powershell, not 'fihs'; did you mean fish?" })
})
