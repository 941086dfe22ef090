import { closeSync, fchmodSync, fstatSync, readFileSync } from 'node:fs'
import { DbtoolError } from '../errors.ts'
import { namesFullDisk } from '../full-disk.ts'
import { openForAppending } from '../write-file.ts'
import type { ServerPaths } from './home.ts'

const quotedLines = 4

/** The log of the server, open for appending. A failure quotes the lines written since it was opened. */
export interface ServerLog {
  readonly descriptor: number
  close(): void
  failure(message: string): DbtoolError
}

export function openLog(paths: ServerPaths): ServerLog {
  const descriptor = openForAppending(paths.log, 0o600)
  fchmodSync(descriptor, 0o600)
  const startBytes = fstatSync(descriptor).size
  return {
    descriptor,
    close: () => closeSync(descriptor),
    failure: (message) => failure(message, paths, readFileSync(paths.log).subarray(startBytes).toString()),
  }
}

function failure(message: string, paths: ServerPaths, text: string): DbtoolError {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const errors = lines.filter((line) => /\[ERROR\]|FATAL|error:/i.test(line))
  const quoted = (errors.length > 0 ? errors : lines).slice(-quotedLines).map(withoutClock)
  const reason = quoted.length > 0 ? `: ${quoted.join(' | ')}` : ''
  return new DbtoolError('SERVER_FAILED', `${message}${reason}`, { hint: hintFor(text, paths) })
}

function withoutClock(line: string): string {
  return line.replace(/^\d{4}-\d\d-\d\d +\d+:\d\d:\d\d +\d+ +/, '').trim()
}

function hintFor(text: string, paths: ServerPaths): string {
  if (/Bind on TCP\/IP port.*(98|48)|Address already in use/i.test(text))
    return 'the port is in use: choose another --port'
  if (namesFullDisk(text))
    return `the disk is full: free space, or choose another folder with DBTOOL_HOME; log: ${paths.log}`
  return `see the complete log: ${paths.log}`
}
