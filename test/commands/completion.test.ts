import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { describe, expect, it } from 'vitest'
import { encodedFor } from '../../commands/completion/index.ts'
import { binary } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
writeFileSync(join(folder, 'dbtool'), `#!/bin/sh\nexec '${process.execPath}' '${binary}' "$@"\n`)
chmodSync(join(folder, 'dbtool'), 0o755)
writeFileSync(join(folder, 'orders.csv'), '')
writeFileSync(join(folder, 'my orders.csv'), '')
writeFileSync(join(folder, "it's.csv"), '')
writeFileSync(
  join(folder, '.dbtool.json'),
  '{"profiles":{"staging":{"host":"h"},"local":{"socket":"/s"},"evil;touch broken;":{"host":"h"}}}',
)
writeFileSync(join(folder, 'evil;touch broken;$(touch broken).csv'), '')
const env = {
  PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
  HOME: folder,
  TERM: 'xterm',
  LC_ALL: 'C.UTF-8',
}
const installed = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0

/** What is typed, the last word being completed; what is offered. */
const table: readonly [words: string[], offered: string[]][] = [
  [['u'], ['users']],
  [['users', 'l'], ['list']],
  [['--json', '--user', 'pool', 'users', 'l'], ['list']],
  [['users', 'list', '--ver'], ['--verbose']],
  [
    ['users', 'list', '--format', 'c'],
    ['csv', 'count'],
  ],
  [['users', 'list', '--sort', '-e'], ['-email']],
  [['users', 'list', '--fields', 'em'], ['email']],
  [['users', 'list', '--fields', 'id,em'], ['id,email']],
  [['users', 'list', '--fields', 'id,email,em'], []],
  [
    ['users', 'list', '--ssl-mode', 'verify'],
    ['verify-fingerprint', 'verify-ca', 'verify-identity'],
  ],
  [
    ['users', 'list', '--profile', ''],
    ['staging', 'local'],
  ],
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

/** What a shell says that has the script of `completion`, one candidate a line. */
async function offeredBy(shell: string, argv: readonly string[], rest: string, ...given: string[]): Promise<string[]> {
  const path = join(folder, `script.${shell}`)
  writeFileSync(path, (await dbtool(['completion', shell])).stdout)
  const { stdout } = spawnSync(shell, [...argv, `source ${path}\n${rest}`, ...given], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0] ?? '')
    .sort()
}

/** Those that fish and Nushell read as anything but words are theirs to complete. */
const words = table.filter(([typed]) => !typed.some((word) => /[$>]/.test(word)))

describe('what is offered', () => {
  it.skipIf(!installed('bash')).each(table)('by bash for %j', async (typed, offered) => {
    const asked = 'COMP_WORDS=(dbtool "$@"); COMP_CWORD=$#; _dbtool; printf "%s\\n" "${COMPREPLY[@]}"'
    expect(await offeredBy('bash', ['--norc', '-c'], asked, 'bash', ...typed)).toEqual([...offered].sort())
  })

  it.skipIf(!installed('fish')).each(words)('by fish for %j', async (typed, offered) => {
    expect(await offeredBy('fish', ['--no-config', '-c'], 'complete -C "$argv"', `dbtool ${typed.join(' ')}`)).toEqual(
      [...offered].sort(),
    )
  })

  it.skipIf(!installed('fish'))('by fish, which runs nothing of what was typed', async () => {
    expect(
      await offeredBy('fish', ['--no-config', '-c'], 'complete -C "$argv"', 'dbtool --user (touch broken) users aut'),
    ).toEqual(['authenticate'])
    expect(existsSync(join(folder, 'broken'))).toBe(false)
  })

  it.skipIf(!installed('nu')).each(words)('by Nushell for %j', async (typed, offered) => {
    expect(
      await offeredBy(
        'nu',
        ['--no-config-file', '-c'],
        `nu-complete-dbtool 'dbtool ${typed.join(' ')}' | get value | to text`,
      ),
    ).toEqual([...offered].sort())
  })
})

/** Types a line with TAB at its end into a shell that has the script, and waits for what comes of it. */
async function tabbed(
  [shell = '', ...argv]: string[],
  setUp: string,
  line: string,
  expected: string | { inserted: string; entered: string; environment: Record<string, string> },
): Promise<string> {
  const { inserted, entered, environment } =
    typeof expected === 'string' ? { inserted: expected, entered: undefined, environment: env } : expected
  const pty = spawn(shell, argv, { cols: 100, rows: 40, cwd: folder, env: environment })
  let screen = ''
  pty.onData((text) => (screen += stripVTControlCharacters(text)))
  const see = (text: string): Promise<void> => expect.poll(() => screen, { timeout: 15_000 }).toContain(text)
  try {
    pty.write(`${setUp}; echo rea''dy\r`)
    await see('ready')
    pty.write(`${line}\t`)
    await see(inserted)
    if (entered !== undefined) {
      pty.write('\r')
      await see(entered)
    }
    return screen
  } finally {
    pty.kill('SIGKILL')
  }
}

/** The first zsh looks for all functions of completion, and the others read its list. */
const completionOfZsh = `autoload -U compinit; compinit -u -d '${join(folder, 'zcompdump')}'`

/** What is typed before TAB, and what then stands there. */
const completed: readonly [typed: string, expected: string][] = [
  ['dbtool users list --format=nd', '--format=ndjson'],
  ['dbtool orders import my', 'dbtool orders import my\\ orders.csv'],
  ['dbtool pool stress --out json=ord', '--out json=orders.csv'],
  ['dbtool --user "$(touch broken)" users aut', 'users authenticate'],
]

describe('at a terminal, TAB', () => {
  it.skipIf(!installed('bash'))('in bash completes a verb, and a value behind =', async () => {
    const bash = (line: string, wanted: string): Promise<string> =>
      tabbed(['bash', '--norc', '-i'], 'eval "$(dbtool completion bash)"', line, wanted)
    await bash('dbtool users aut', 'dbtool users authenticate')
    await bash('dbtool "users" aut', 'dbtool "users" authenticate')
    await bash('dbtool users list > ord', '> orders.csv')
    await bash('dbtool pool stress --out "json=it\'', '"json=it\'s.csv"')
    for (const [typed, expected] of completed) await bash(typed, expected)
    expect(existsSync(join(folder, 'broken'))).toBe(false)
  })

  it.skipIf(!installed('zsh'))(
    'in zsh completes a verb and a value behind =, and describes what there is',
    async () => {
      const zsh = (line: string, wanted: string): Promise<string> =>
        tabbed(['zsh', '-f', '-i'], `${completionOfZsh}; eval "$(dbtool completion zsh)"`, line, wanted)
      await zsh('dbtool users aut', 'users authenticate')
      for (const [typed, expected] of completed) await zsh(typed, expected)
      expect(existsSync(join(folder, 'broken'))).toBe(false)
      await zsh('dbtool users l\b', 'List users, newest first')
    },
  )
})

/** How each shell gets its script, and what is typed before it. */
const terminals: readonly (readonly [shell: string, argv: string[], setUp: (script: string) => string])[] = [
  ['bash', ['--norc', '-i'], (script) => `source ${script}`],
  ['zsh', ['-f', '-i'], (script) => `${completionOfZsh}; source ${script}`],
  ['fish', ['--no-config', '-i'], (script) => `source ${script}`],
  ['pwsh', ['-NoProfile', '-NoLogo'], (script) => `. ${script}`],
]

describe.each(terminals)('TAB and Enter in %s run nothing of what is inserted', (shell, argv, setUp) => {
  const language = shell === 'pwsh' ? 'powershell' : (shell as 'bash' | 'zsh' | 'fish')

  /** A tool that offers `evil`, and that prints the words that it gets. */
  async function hostileTool(evil: string): Promise<string> {
    const own = join(folder, `hostile-${shell}`)
    mkdirSync(own, { recursive: true })
    writeFileSync(join(own, 'answer'), await encodedFor(language, [{ kind: 'literal', text: evil }]))
    const script = `#!/bin/sh\n[ "$1" = completion ] && exec cat '${join(own, 'answer')}'\nprintf '<%s>' "$@"; echo\n`
    writeFileSync(join(own, 'dbtool'), script)
    chmodSync(join(own, 'dbtool'), 0o755)
    const path = join(own, shell === 'pwsh' ? 'script.ps1' : 'script')
    writeFileSync(path, (await dbtool(['completion', language])).stdout)
    return path
  }

  it
    .skipIf(!installed(shell))
    .each(['evil;touch broken;', 'evil$(touch broken)', 'evil`touch broken`', 'evil&touch broken'])(
    'a name such as %s',
    async (evil) => {
      const script = await hostileTool(evil)
      const path = { ...env, PATH: `${dirname(script)}${delimiter}${process.env['PATH'] ?? ''}` }
      const entered = `<--profile><${evil}>`
      await tabbed([shell, ...argv], setUp(script), 'dbtool --profile ev', {
        inserted: ' evil',
        entered,
        environment: path,
      })
      expect(existsSync(join(folder, 'broken'))).toBe(false)
    },
  )

  it.skipIf(!installed(shell))('a file', async () => {
    const script = join(folder, shell === 'pwsh' ? 'plain.ps1' : `plain.${shell}`)
    writeFileSync(script, (await dbtool(['completion', language])).stdout)
    await tabbed([shell, ...argv], setUp(script), 'dbtool --format x orders import ev', {
      inserted: 'evil',
      entered: 'error: ',
      environment: env,
    })
    expect(existsSync(join(folder, 'broken'))).toBe(false)
  })
})

it('a profile with such a name is not offered in any shell', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell', 'nu'])
    expect((await dbtool(['completion', shell, '--', 'users', 'list', '--profile', 'e'], { cwd: folder })).stdout).toBe(
      '',
    )
})

it.each([
  ['bash', 'list\n'],
  ['zsh', 'list\0List users, newest first\0\n'],
  ['fish', 'list\tList users, newest first\n'],
  ['powershell', 'list\tlist\tList users, newest first\n'],
  ['nu', 'list\tList users, newest first\n'],
])('answers %s in its own form', async (shell, answer) => {
  expect((await dbtool(['completion', shell, '--', 'users', 'l'])).stdout).toBe(answer)
})

it('asks no database: there is none', async () => {
  const outcome = await dbtool(['completion', 'bash', '--', 'users', 'get', ''], {
    env: { DB_HOST: '127.0.0.1', DB_PORT: '1' },
  })
  expect(outcome).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
})

it('of a shell that is not known is a mistake', async () => {
  expect((await dbtool('completion fihs --json')).error).toMatchObject({
    code: 'USAGE',
    message: "<shell> must be one of bash, zsh, fish, powershell, nu, not 'fihs'; did you mean fish?",
  })
})
