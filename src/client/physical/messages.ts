import type { ChildProcess } from 'node:child_process'
import { DbtoolError, type ErrorDetails } from '../../errors.ts'
import { endOf } from '../dump-tail.ts'

/** The messages of mariadb-backup, of which it prints hundreds. */
export class BackupMessages {
  #text = ''

  /** Reads them until the program ends. */
  readonly listen = (child: ChildProcess): Promise<void> => {
    child.stderr?.on('data', (chunk) => (this.#text = endOf(this.#text + String(chunk))))
    return Promise.resolve()
  }

  /** Whether the program has said that it has done everything. */
  get isComplete(): boolean {
    return /\bcompleted OK!/.test(this.#text)
  }

  /** The error of a program that has failed. */
  error(program: string, exitCode: number, details: ErrorDetails): DbtoolError {
    const lines = this.#text.split('\n').map(withoutClock).filter(Boolean)
    const reason = lines.findLast((line) => /error|fail|denied|cannot|can't|No space/i.test(line)) ?? lines.at(-1)
    return new DbtoolError('CLIENT_FAILED', `${program} failed: ${reason ?? `exit code ${exitCode}`}`, {
      ...details,
      ...(/No space left|Errcode: 28\b/.test(this.#text) ? { hint: `the disk is full; ${details.hint ?? ''}` } : {}),
    })
  }
}

/** `[00] FATAL ERROR: 2026-11-29 01:02:03 Failed …`, or `2026-11-29  1:02:03 0 [ERROR] InnoDB: …`. */
const clock = /^(?:\[\d+\] )?(?:FATAL ERROR: )?(?:\d{4}-\d\d-\d\d +\d+:\d\d:\d\d )?(?:\d+ \[ERROR\] )?/

const withoutClock = (line: string): string => line.replace(clock, '').trim()
