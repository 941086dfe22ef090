import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Writable } from 'node:stream'
import { ignoreCtrlC } from '../ctrl-c.ts'
import { writeSlowly, type Destination, type Screen } from './destination.ts'
import { glyphsFor } from './glyphs.ts'

/** Options of less: exit at once if the text fits on one page, show colours, and keep the text on the screen. */
const lessOptions = 'FIRX'

/** The command line of the pager; undefined if no pager is wanted, or it is not installed. */
export function pagerCommand(env: NodeJS.ProcessEnv): string | undefined {
  const { DBTOOL_PAGER, PAGER, TERM = 'dumb' } = env
  const command = (DBTOOL_PAGER ?? PAGER ?? `less -${lessOptions}`).trim()
  return command === '' || command === 'cat' || TERM === 'dumb' || !isInstalled(command, env) ? undefined : command
}

function isInstalled(command: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  const [, double, single, bare] = /^(?:\w+=\S*\s+)*(?:"([^"]+)"|'([^']+)'|(\S+))/.exec(command) ?? []
  const program = double ?? single ?? bare ?? ''
  return program.includes('/')
    ? existsSync(program)
    : PATH.split(delimiter).some((folder) => existsSync(join(folder, program)))
}

/**
 * Settings for `less`, also when PAGER names it: colours, and UTF-8 if the locale names no character set. Lines that
 * are pasted into it are keys, so it must not write files or run commands.
 */
function lessSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { LESS: lessOptions, LESSSECURE: '1', ...(glyphsFor(env, true).isAscii ? {} : { LESSCHARSET: 'utf-8' }) }
}

interface PagerParts {
  /** The terminal of the process, which the pager inherits. */
  readonly screen: Screen
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  /**
   * Aborted by SIGTERM. An open pager is awaited even then, as in git: otherwise it would compete with the shell for
   * the keyboard.
   */
  readonly signal: AbortSignal
}

/** A terminal with a pager for output that is longer than the screen. */
export class PagedScreen implements Destination {
  readonly screen: Screen
  readonly #parts: PagerParts
  readonly #left = new AbortController()
  /** Rows that still fit on the screen. */
  #held = ''
  #pages: Writable | undefined
  #closed: Promise<void> | undefined

  constructor(parts: PagerParts) {
    this.#parts = parts
    this.screen = parts.screen
  }

  get isRead(): boolean {
    return this.#pages !== undefined
  }

  get hasLeft(): boolean {
    return this.#left.signal.aborted
  }

  /** Writes to the pager if the text is long. After Ctrl-C no pager is opened. */
  write(text: string): void {
    if (this.#pages === undefined && this.isLong(text) && !this.#parts.signal.aborted) this.open()
    ;(this.#pages ?? this.screen).write(text)
  }

  async put(text: string | Buffer, signal: AbortSignal): Promise<void> {
    this.#held += String(text)
    if (this.#pages === undefined && !this.isLong(this.#held)) return
    const pages = this.#pages ?? this.open()
    const page = this.#held
    this.#held = ''
    await writeSlowly(pages, page, AbortSignal.any([signal, this.#left.signal]))
  }

  flush(): void {
    if (this.#held !== '') this.write(this.#held)
    this.#held = ''
  }

  async close(): Promise<undefined> {
    if (this.#pages === undefined) return
    this.#pages.end()
    await this.#closed
    this.#pages = undefined
    this.#parts.signal.throwIfAborted()
  }

  /** Whether a text does not fit on the screen. The last line of the screen is for the shell's prompt. */
  private isLong(text: string): boolean {
    return text.split('\n').length > (this.screen.rows ?? Infinity)
  }

  private open(): Writable {
    const { command, env } = this.#parts
    const pager = spawn(command, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...lessSettings(env), ...env },
    })
    const restoreHandlers = ignoreCtrlC()
    // The user closed the pager before the end: further output is not needed.
    pager.stdin.on('error', () => this.#left.abort())
    this.#closed = ended(pager).finally(() => {
      this.#left.abort()
      restoreHandlers()
    })
    this.#pages = pager.stdin
    return pager.stdin
  }
}

function ended(pager: ChildProcess): Promise<void> {
  return new Promise((resolve) => pager.once('close', resolve).once('error', () => resolve()))
}
