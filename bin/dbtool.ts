#!/usr/bin/env node
import * as nodeModule from 'node:module'

// Node 22 and later keep what they compiled for the next run.
;(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.()

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

const { env, stdout, stderr } = process
// Opened where it is read: Node takes its time for it.
const io = { env, stdout, stderr, cwd: process.cwd(), get stdin() { return process.stdin }, signal: interrupt.signal, now: () => new Date(), startedMs: 0 }
void import('../commands/run.ts').then(({ run }) => run(process.argv.slice(2), io)).then((exitCode) => stdout.write('', () => process.exit(exitCode)))
