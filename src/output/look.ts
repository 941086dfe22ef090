import type { ChalkInstance } from 'chalk'
import type { Glyphs } from './glyphs.ts'
import type { Units } from './units.ts'

export interface Look {
  readonly colour: ChalkInstance
  readonly glyphs: Glyphs
  /** Columns of the terminal; undefined: no limit. */
  readonly width: number | undefined
  readonly units?: Units | undefined
}
