import type { ChildProcess } from 'node:child_process'
import { DbtoolError } from '../../errors.ts'
import { namesFullDisk } from '../../full-disk.ts'
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
  error(program: string, exitCode: number, hint: string): DbtoolError {
    const lines = this.#text.split('\n').map(withoutClock).filter(Boolean)
    const full = lines.find(namesFullDisk)
    const failed = lines.findLast((line) => /error|fail|denied|cannot|can't/i.test(line))
    const reason = full ?? failed ?? lines.at(-1) ?? `exit code ${exitCode}`
    return new DbtoolError('CLIENT_FAILED', `${program} failed: ${reason}`, {
      hint: full === undefined ? hint : `the disk is full; ${hint}`,
    })
  }
}

/** `[00] FATAL ERROR: 2026-11-29 01:02:03 Failed …`, or `2026-11-29  1:02:03 0 [ERROR] InnoDB: …`. */
const clock = /^(?:\[\d+\] )?(?:FATAL ERROR: )?(?:\d{4}-\d\d-\d\d +\d+:\d\d:\d\d )?(?:\d+ \[ERROR\] )?/

const withoutClock = (line: string): string => line.replace(clock, '').trim()
