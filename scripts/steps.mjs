// Runs programs step by step. Prints one line per step, and the output of a program only if it failed.
import { spawn } from 'node:child_process'

const patienceMs = 5_000
const redrawMs = 250
/** Moves the cursor to the beginning of the line and erases it (ECMA-48). */
const clearedLine = '\r\x1b[K'
const signalNumbers = { SIGINT: 2, SIGTERM: 15 }

/** A failed step: one sentence, the output of its program, and an exit code. */
export class Failure extends Error {
  constructor(message, { output = '', status = 1 } = {}) {
    super(message)
    this.output = output
    this.status = status
  }
}

/** Prints steps and runs programs; an interrupt ends the programs, too. */
export class Steps {
  #children = new Set()
  #interruption
  /** What steps would have printed while a program has the screen to itself. */
  #held
  #live = process.stdout.isTTY === true && !process.env.CI
  #colour = this.#live && !process.env.NO_COLOR

  constructor() {
    for (const signal of Object.keys(signalNumbers)) process.on(signal, () => this.#interrupt(signal))
  }

  get colour() {
    return this.#colour
  }

  /** The exit code after a signal, 130 or 143; otherwise undefined. */
  get interruption() {
    return this.#interruption
  }

  /**
   * Runs a step. `work` resolves to a detail for its line, or to nothing. It passes what it is doing to its argument: a
   * text, or a function that returns one. Rejects with a Failure.
   */
  async step(name, work) {
    this.#refuseIfInterrupted()
    const started = performance.now()
    const line = (mark, detail) => `${this.#live ? clearedLine : ''}${mark} ${name.padEnd(9)} ${detail}\n`
    const progress = this.#progressOf(name)
    try {
      const detail = (await work(progress.report).finally(progress.end)) ?? ''
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      this.#print(process.stdout, line(this.#paint(32, '✔'), `${detail}${detail ? ', ' : ''}${seconds} s`))
    } catch (error) {
      this.#refuseIfInterrupted()
      this.#print(process.stderr, line(this.#paint(31, '✘'), error.message))
      // The line has the message; only the output of the program is still to be shown.
      throw error instanceof Failure ? new Failure('', error) : error
    }
  }

  /**
   * Runs a program without showing its output, and passes the last line so far to `onLine`. Rejects with a Failure with
   * its output if it does not exit with 0.
   */
  async quietly(what, command, args, { onLine, ...options } = {}) {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        onLine?.(output.trimEnd().split('\n').at(-1))
      })
    const status = await this.#end(child)
    if (status !== 0) throw new Failure(`${what} failed`, { output })
  }

  /**
   * Runs a program that shares the streams of this process. Resolves to its exit code. Steps that end meanwhile are
   * printed after it.
   */
  async loudly(command, args, options = {}) {
    this.#held = []
    const status = await this.#end(spawn(command, args, { ...options, stdio: 'inherit' }))
    const held = this.#held
    this.#held = undefined
    for (const [stream, text] of held) stream.write(text)
    return status
  }

  /** The line of a step that still runs, redrawn on a terminal: what it does, and since when. */
  #progressOf(name) {
    const started = performance.now()
    let doing = ''
    const draw = () => {
      if (this.#held !== undefined) return
      const text = typeof doing === 'function' ? doing() : doing
      const seconds = Math.floor((performance.now() - started) / 1000)
      const line = `… ${name.padEnd(9)} ${text}${text ? ', ' : ''}${seconds} s`
      process.stdout.write(`${clearedLine}${line.slice(0, (process.stdout.columns || 80) - 1)}`)
    }
    if (!this.#live) return { report: () => undefined, end: () => undefined }
    draw()
    const timer = setInterval(draw, redrawMs)
    return { report: (text) => (doing = text), end: () => clearInterval(timer) }
  }

  #print(stream, text) {
    if (this.#held === undefined) stream.write(text)
    else this.#held.push([stream, text])
  }

  #refuseIfInterrupted() {
    if (this.#interruption !== undefined) throw new Failure('', { status: this.#interruption })
  }

  #end(child) {
    this.#children.add(child)
    return new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new Failure(`cannot run ${child.spawnfile}: ${error.message}`)))
      child.once('close', (code, signal) => resolve(code ?? 128 + (signalNumbers[signal] ?? 9)))
    }).finally(() => this.#children.delete(child))
  }

  #interrupt(signal) {
    const again = this.#interruption !== undefined
    this.#interruption ??= 128 + signalNumbers[signal]
    const kill = (how) => this.#children.forEach((child) => child.kill(how))
    if (again) kill('SIGKILL')
    // On a terminal, Ctrl-C has already reached the programs; a second signal would stop their clean-up.
    if (signal !== 'SIGINT' || process.stdin.isTTY !== true) kill(signal)
    setTimeout(() => kill('SIGTERM'), patienceMs).unref()
    setTimeout(() => kill('SIGKILL'), 2 * patienceMs).unref()
  }

  #paint(code, text) {
    return this.#colour ? `\x1b[${code}m${text}\x1b[0m` : text
  }
}
