#!/usr/bin/env node
import { run } from '../commands/run.ts'

const interrupt = new AbortController()
const stop = (signal: 'SIGINT' | 'SIGTERM', exitCode: number): void => {
  process.on(signal, () => (interrupt.signal.aborted ? process.exit(exitCode) : interrupt.abort(signal)))
}
stop('SIGINT', 130)
stop('SIGTERM', 143)
// `dbtool … | head` ends quietly.
const gone = (error: NodeJS.ErrnoException): never => process.exit(error.code === 'EPIPE' ? 0 : 1)
process.stdout.on('error', gone)
process.stderr.on('error', gone)

const { env, stdin, stdout, stderr } = process
void run(process.argv.slice(2), { env, cwd: process.cwd(), stdin, stdout, stderr, signal: interrupt.signal, now: () => new Date(), startedMs: 0 }).then((exitCode) => stdout.write('', () => process.exit(exitCode)))
