#!/usr/bin/env node
import { keepCompiled } from './compile-cache.ts'
import { standardOutput } from './standard-output.ts'

keepCompiled(process.env)

const argv = process.argv.slice(2)
const interrupt = new AbortController()
const stop = (signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM', exitCode: number): void => {
  process.on(signal, () => (interrupt.signal.aborted ? process.exit(exitCode) : interrupt.abort(signal)))
}
// Node ends at it even below nohup, and would leave half a file.
stop('SIGHUP', 129)
stop('SIGINT', 130)
stop('SIGTERM', 143)

let isLost = false
/** Standard output takes nothing more: `dbtool … | head` ends quietly, a full disk does not. */
const lost = (error: NodeJS.ErrnoException): void => {
  if (isLost) return
  isLost = true
  if (error.code === 'EPIPE') process.exit(0)
  void import('../commands/run.ts')
    .then(({ reportLost }) => reportLost(error, argv, io))
    .then((exitCode) => process.exit(exitCode))
}

// Each stream is opened where it is used: Node takes its time for it.
let output: NodeJS.WriteStream | undefined
const io = {
  env: process.env,
  cwd: workingDirectory(),
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return (output ??= standardOutput().on('error', lost))
  },
  // Whoever reads no messages gets none.
  get stderr() {
    return process.stderr.listenerCount('error') === 0 ? process.stderr.on('error', () => undefined) : process.stderr
  },
  signal: interrupt.signal,
  now: () => new Date(),
  startedMs: 0,
}

/** One that was removed is no reason not to work: only a relative path means something else then. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

const end = (exitCode: number): void =>
  void io.stdout.write('', (error) => (error ? lost(error) : isLost || process.exit(exitCode)))
void import('../commands/run.ts').then(({ run }) => run(argv, io)).then(end)
