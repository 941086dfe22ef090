import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import { binary, environment } from './binary.ts'
import type { Person } from './people.ts'

/** For a machine that does much else at the same time; nobody waits so long on another. */
const patienceMs = 40_000

/** A person at a terminal: keys in, screen out. */
export interface Terminal {
  /** Everything that has been on the screen, without its colours. */
  readonly screen: string
  /** As it was sent, colours and all. */
  readonly raw: string
  type(keys: string): void
  /**
   * Waits until the screen has shown this, after what was waited for before. Rejects with the screen if it does not
   * come.
   */
  see(text: string): Promise<void>
  /** The exit code. Rejects with the screen, and ends the process, if it hangs. */
  ended(): Promise<number>
}

/** What a person waits for, and what he types then. */
export interface Step {
  readonly see: string
  readonly type: string
}

export async function talk(person: Terminal, steps: readonly Step[]): Promise<void> {
  for (const { see, type } of steps) {
    await person.see(see)
    person.type(type)
  }
}

export const keys = { enter: '\r', ctrlC: '\u0003', backspace: '\u007f' } as const

interface Desk {
  readonly env?: Record<string, string>
  readonly as?: Person
  readonly columns?: number
  readonly rows?: number
  /** The file that standard output goes to; the other two streams stay at the terminal. */
  readonly stdout?: string
}

export function terminal(
  argv: readonly string[],
  database: string,
  { env = {}, as, columns = 100, rows = 40, stdout = '/dev/tty' }: Desk = {},
): Terminal {
  const shell = ['-c', 'exec "$0" "$@" >"$STDOUT"', process.execPath, binary, ...argv]
  const pty = spawn('/bin/sh', shell, {
    cols: columns,
    rows,
    cwd: '/',
    env: environment(database, { TERM: 'xterm', STDOUT: stdout, ...env }, as),
  })
  let raw = ''
  let seen = 0
  let exitCode: number | undefined
  pty.onData((text) => (raw += text))
  pty.onExit((exit) => (exitCode = exit.exitCode))
  const screen = (): string => stripVTControlCharacters(raw).replaceAll('\r', '')
  const until = async (happened: () => boolean, what: string): Promise<void> => {
    for (const start = performance.now(); !happened(); await new Promise((resolve) => setTimeout(resolve, 10))) {
      if (performance.now() - start < patienceMs) continue
      pty.kill('SIGKILL')
      throw new Error(`${what} did not come; the screen:\n${screen()}`)
    }
  }
  return {
    get screen() {
      return screen()
    },
    get raw() {
      return raw
    },
    type: (text) => pty.write(text),
    async see(text) {
      await until(() => screen().includes(text, seen), `'${text}'`)
      seen = screen().indexOf(text, seen) + text.length
    },
    async ended() {
      await until(() => exitCode !== undefined, 'the end')
      return exitCode ?? -1
    },
  }
}
