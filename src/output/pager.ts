import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Writable } from 'node:stream'
import { writeSlowly, type Destination, type Screen } from './destination.ts'
import { glyphsFor } from './glyphs.ts'

/** Ends at once with one page, leaves its text on the screen, and shows colours. */
const lessOptions = 'FIRX'

/** The pager's command line; undefined where none is wanted, or it is not there. */
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

/** Colours for a `less` of one's own too, and the character set that we write where the locale says nothing. */
function lessSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { LESS: lessOptions, ...(glyphsFor(env, true).isAscii ? {} : { LESSCHARSET: 'utf-8' }) }
}

interface PagerParts {
  /** That of the process, which the pager inherits. */
  readonly screen: Screen
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  /**
   * Aborted by SIGTERM. Whoever reads then is waited for, as git does: a pager without its terminal would fight for the
   * keyboard.
   */
  readonly signal: AbortSignal
}

/** A terminal, where what is longer than the screen is read in a pager. */
export class PagedScreen implements Destination {
  readonly screen: Screen
  readonly #parts: PagerParts
  readonly #left = new AbortController()
  /** Rows that still fit the screen. */
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

  /** Who has pressed Ctrl-C wants to see no pager. */
  write(text: string): void {
    if (this.#pages === undefined && this.isLong(text) && !this.#parts.signal.aborted) this.open()
    ;(this.#pages ?? this.screen).write(text)
  }

  async put(text: string, signal: AbortSignal): Promise<void> {
    this.#held += text
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

  /** The last line is for what follows. */
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
    const hearAgain = deafToCtrlC()
    // Whoever leaves early has seen enough.
    pager.stdin.on('error', () => this.#left.abort())
    this.#closed = ended(pager).finally(() => {
      this.#left.abort()
      hearAgain()
    })
    this.#pages = pager.stdin
    return pager.stdin
  }
}

function ended(pager: ChildProcess): Promise<void> {
  return new Promise((resolve) => pager.once('close', resolve).once('error', () => resolve()))
}

/**
 * A pager hears Ctrl-C too, and has a meaning of its own for it: whoever is killed below it leaves a terminal without a
 * master.
 */
function deafToCtrlC(): () => void {
  const ears = process.listeners('SIGINT')
  const deaf = (): void => undefined
  process.removeAllListeners('SIGINT').on('SIGINT', deaf)
  return () => {
    process.off('SIGINT', deaf)
    for (const ear of ears) process.on('SIGINT', ear)
  }
}
