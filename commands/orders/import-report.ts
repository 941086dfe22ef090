import type { Output } from '../../src/output/output.ts'
import type { Progress } from '../../src/output/progress.ts'
import { number, type View } from '../../src/output/view.ts'
import type { ImportPlan } from '../../src/shop/import/import-orders.ts'
import { firstReasons, progressOf } from '../import-report.ts'

export const summaryView: View = {
  columns: [
    number('orders_placed'),
    number('orders_existing'),
    number('orders_rejected'),
    number('lines_read'),
    number('lines_placed'),
    number('units'),
    number('revenue'),
    number('seconds'),
    number('orders_per_second'),
  ],
  id: 'orders_placed',
  empty: '',
}

/** Progress on a terminal; where no file keeps the rejects, the first reasons for everybody. */
export function reporting(
  out: Output,
  progress: Progress,
  { bytes, rejectsPath }: { bytes: number; rejectsPath: string | undefined },
): Pick<ImportPlan, 'onProgress' | 'onReject'> {
  const [show, tell] = [progressOf(progress, bytes), firstReasons(out, rejectsPath)]
  return {
    onProgress: (read, { placed, existing, rejected }) =>
      show(read, () => `${placed} placed, ${existing} placed before, ${rejected} left out`),
    onReject: ({ ref, records }, reason) => tell(`order '${ref}', line ${records[0]?.line ?? 0}: ${reason}`),
  }
}
