import { DbtoolError } from '../src/errors.ts'
import type { Output } from '../src/output/output.ts'
import type { Progress } from '../src/output/progress.ts'

const reasonsShown = 5

/** Tells how far an import is, and how long it will take. */
export function progressOf(progress: Progress, bytes: number): (bytesRead: number, done: () => string) => void {
  const started = performance.now()
  return (read, done) =>
    progress.show(() => {
      const share = bytes === 0 ? 1 : read / bytes
      const left = Math.ceil(((performance.now() - started) / 1_000) * (1 / Math.max(share, 0.001) - 1))
      return `${Math.floor(share * 100)} %  ${done()}, about ${left} s left`
    })
}

/** Where no file keeps what is left out, the first reasons for everybody. */
export function firstReasons(out: Output, rejectsPath: string | undefined): (what: string) => void {
  let shown = 0
  return (what) => {
    shown += 1
    if (rejectsPath !== undefined || shown > reasonsShown + 1) return
    out.note(shown > reasonsShown ? '… and more; --rejects FILE keeps them all' : `left out: ${what}`)
  }
}

/** The error of an import that left something out: `2 of 10 rows`. */
export function leftOut(what: string, rejectsPath: string | undefined): DbtoolError {
  const hint =
    rejectsPath === undefined
      ? 'see why with --rejects FILE'
      : `they are in ${rejectsPath}, with line and reason: mend them and import that file`
  return new DbtoolError('PARTLY_DONE', `${what} were left out`, { hint })
}

/** Rejects are of no use where nothing is left out. */
export function checkRejects({ rejects, onError }: { rejects?: string; onError: 'abort' | 'skip' }): void {
  if (rejects !== undefined && onError === 'abort')
    throw new DbtoolError('USAGE', '--rejects is for what is left out', { hint: 'add --on-error skip' })
}
