#!/usr/bin/env node
import { keepCompiled } from './compile-cache.ts'

keepCompiled(process.env)

const interrupt = new AbortController()
const stop = (signal: 'SIGINT' | 'SIGTERM', exitCode: number): void => {
  process.on(signal, () => (interrupt.signal.aborted ? process.exit(exitCode) : interrupt.abort(signal)))
}
stop('SIGINT', 130)
stop('SIGTERM', 143)
// `dbtool … | head` ends quietly.
const gone = (error: NodeJS.ErrnoException): never => process.exit(error.code === 'EPIPE' ? 0 : 1)

// Each stream is opened where it is used: Node takes its time for it.
const io = {
  env: process.env,
  cwd: process.cwd(),
  get stdin() { return process.stdin },
  get stdout() { return guarded(process.stdout) },
  get stderr() { return guarded(process.stderr) },
  signal: interrupt.signal,
  now: () => new Date(),
  startedMs: 0,
}
const guarded = (stream: NodeJS.WriteStream): NodeJS.WriteStream => (stream.listeners('error').includes(gone) ? stream : stream.on('error', gone))
void import('../commands/run.ts').then(({ run }) => run(process.argv.slice(2), io)).then((exitCode) => io.stdout.write('', () => process.exit(exitCode)))
