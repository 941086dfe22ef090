import type { ReadStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { type IPty, spawn } from '@lydell/node-pty'
import { binary, environment } from './binary.ts'
import type { Role } from './people.ts'

/** For a machine that does much else at the same time; nobody waits so long on another. */
const patienceMs = 40_000

/** A process at a pseudo-terminal: keys in, screen out. */
export interface Terminal {
  /** The complete output so far, without colours. */
  readonly screen: string
  /** The complete output so far, with all escape sequences. */
  readonly raw: string
  type(keys: string): void
  /**
   * Waits until this text appears after the text of the last call. Rejects with the screen after 15 s.
   */
  see(text: string): Promise<void>
  /** Resolves to the exit code. If the process hangs, kills it and rejects with the screen. */
  ended(): Promise<number>
}

/** A text to wait for, and the keys to type then. */
export interface Step {
  readonly see: string
  readonly type: string
}

/** Types the answers to a series of prompts. */
export async function respond(tty: Terminal, steps: readonly Step[]): Promise<void> {
  for (const { see, type } of steps) {
    await tty.see(see)
    tty.type(type)
  }
}

export const keys = { enter: '\r', ctrlC: '\u0003', backspace: '\u007f' } as const

interface TerminalOptions {
  readonly env?: Record<string, string>
  readonly as?: Role
  readonly columns?: number
  readonly rows?: number
  /** The file that standard output goes to; the other two streams stay at the terminal. */
  readonly stdout?: string
}

export function terminal(
  argv: readonly string[],
  database: string,
  { env = {}, as, columns = 100, rows = 40, stdout = '/dev/tty' }: TerminalOptions = {},
): Terminal {
  const shell = ['-c', 'exec "$0" "$@" >"$STDOUT"', process.execPath, binary, ...argv]
  return driven(
    spawn('/bin/sh', shell, {
      cols: columns,
      rows,
      cwd: '/',
      env: environment(database, { TERM: 'xterm', STDOUT: stdout, ...env }, as),
    }),
  )
}

/** A line of the shell, as a person types it, on a terminal of 80 × 24. */
export function shellLine(line: string, { cwd, env }: { cwd: string; env: Record<string, string> }): Terminal {
  return driven(spawn('/bin/sh', ['-c', line], { cols: 80, rows: 24, cwd, env: { TERM: 'xterm', ...env } }))
}

/**
 * node-pty destroys its stream 200 ms after the exit of the process. A busy machine may not have read the last text by
 * then. It reads that before the next timer.
 */
function readToItsEnd(pty: IPty): void {
  const { _socket: stream } = pty as unknown as { readonly _socket: ReadStream }
  const destroy = stream.destroy.bind(stream)
  stream.destroy = (error) => {
    if (error === undefined) setTimeout(destroy, 100)
    else destroy(error)
    return stream
  }
}

function driven(pty: IPty): Terminal {
  readToItsEnd(pty)
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
    // A program that has ended reads nothing, not even an empty text.
    type: (text) => {
      if (text !== '' && exitCode === undefined) pty.write(text)
    },
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
