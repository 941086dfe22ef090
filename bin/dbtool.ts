#!/usr/bin/env node
import { cacheCompiled } from './compile-cache.ts'
import { standardOutput } from './standard-output.ts'

cacheCompiled(process.env)

const argv = process.argv.slice(2)
const interrupt = new AbortController()
/** The first signal asks the command to stop; the second one exits at once. */
const stop = (signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM', exitCode: number): void => {
  process.on(signal, () => (interrupt.signal.aborted ? process.exit(exitCode) : interrupt.abort(signal)))
}
// Without a handler, Node exits on SIGHUP even under nohup, and would leave a half-written file.
stop('SIGHUP', 129)
stop('SIGINT', 130)
stop('SIGTERM', 143)

let hasFailed = false
/** Ends the process after a failed write to standard output: silently if the reader is gone (`… | head`). */
const endOnLostOutput = (error: NodeJS.ErrnoException): void => {
  if (hasFailed) return
  hasFailed = true
  if (error.code === 'EPIPE') process.exit(0)
  void import('../commands/run.ts')
    .then(({ reportLost }) => reportLost(error, argv, io))
    .then((exitCode) => process.exit(exitCode))
}

// Getters, because opening a stream costs start-up time.
let output: NodeJS.WriteStream | undefined
const io = {
  env: process.env,
  cwd: workingDirectory(),
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return (output ??= standardOutput().on('error', endOnLostOutput))
  },
  // A failed write of a message is ignored: nothing is left to report it to.
  get stderr() {
    return process.stderr.listenerCount('error') === 0 ? process.stderr.on('error', () => undefined) : process.stderr
  },
  signal: interrupt.signal,
  now: () => new Date(),
  startedMs: 0,
}

/** A removed working directory does not stop dbtool: relative paths then start at `/`. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

const end = (exitCode: number): void =>
  void io.stdout.write('', (error) => (error ? endOnLostOutput(error) : hasFailed || process.exit(exitCode)))
void import('../commands/run.ts').then(({ run }) => run(argv, io)).then(end)
