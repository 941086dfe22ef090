import type { PoolOptions } from './pool.ts'

/** What kinds of pool there are; a file of its own, so that the help need not load the driver. */
export const poolModes = ['fair', 'driver', 'static', 'none'] as const
export type PoolMode = (typeof poolModes)[number]

/** How many connections a mode keeps and adds, whatever was asked: one for `static`, none for `none`. */
export function shapeOf(
  mode: PoolMode,
  { size, maxOverflow }: Pick<PoolOptions, 'size' | 'maxOverflow'>,
): Pick<PoolOptions, 'size' | 'maxOverflow'> {
  if (mode === 'static') return { size: 1, maxOverflow: 0 }
  return mode === 'none' ? { size: 0, maxOverflow: 0 } : { size, maxOverflow }
}
