import { DbtoolError } from '../../src/errors.ts'
import type { Output } from '../../src/output/output.ts'
import type { Progress } from '../../src/output/progress.ts'
import { number, type View } from '../../src/output/view.ts'
import type { ImportPlan } from '../../src/shop/import/import-orders.ts'
import type { ImportSummary } from '../../src/shop/import/tally.ts'

export const summaryView: View = {
  columns: [
    number('orders_placed'), number('orders_existing'), number('orders_rejected'), number('lines_read'), number('lines_placed'),
    number('units'), number('revenue'), number('seconds'), number('orders_per_second'),
  ],
  id: 'orders_placed',
  empty: '',
}

const reasonsShown = 5

/** Progress on a terminal; where no file keeps the rejects, the first reasons for everybody. */
export function reporting(out: Output, progress: Progress, { bytes, rejectsPath }: { bytes: number; rejectsPath: string | undefined }): Pick<ImportPlan, 'onProgress' | 'onReject'> {
  const started = performance.now()
  let shown = 0
  return {
    onProgress: (read, { placed, existing, rejected }) =>
      progress.show(() => {
        const share = bytes === 0 ? 1 : read / bytes
        const left = Math.ceil(((performance.now() - started) / 1_000) * (1 / Math.max(share, 0.001) - 1))
        return `${Math.floor(share * 100)} %  ${placed} placed, ${existing} placed before, ${rejected} left out, about ${left} s left`
      }),
    onReject: ({ ref, records }, reason) => {
      shown += 1
      if (rejectsPath !== undefined || shown > reasonsShown + 1) return
      out.note(shown > reasonsShown ? '… and more; --rejects FILE keeps them all' : `left out: order '${ref}', line ${records[0]?.line ?? 0}: ${reason}`)
    },
  }
}

/** The error of an import that left orders out. */
export function partly({ orders_rejected: rejected, orders_placed: placed, orders_existing: existing }: ImportSummary, rejectsPath: string | undefined): DbtoolError {
  const hint = rejectsPath === undefined ? 'see why with --rejects FILE' : `they are in ${rejectsPath}, with line and reason: mend them and import that file`
  return new DbtoolError('PARTLY_DONE', `${rejected} of ${rejected + placed + existing} orders were left out`, { hint })
}
