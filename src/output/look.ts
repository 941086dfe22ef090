import type { ChalkInstance } from 'chalk'
import type { ColourChoice } from './choices.ts'
import { colourFor } from './colour.ts'
import type { Screen } from './destination.ts'
import { glyphsFor, type Glyphs } from './glyphs.ts'
import type { Units } from './units.ts'

export interface Look {
  readonly colour: ChalkInstance
  readonly glyphs: Glyphs
  /** Columns of the terminal; undefined: no limit. */
  readonly width: number | undefined
  readonly units?: Units | undefined
}

type Size = Pick<Screen, 'isTTY' | 'columns'>

/** The look of texts on a screen, which may be a terminal. */
export function lookOf(screen: Size, env: NodeJS.ProcessEnv, colour: ColourChoice): Look {
  const isTerminal = screen.isTTY === true
  return { colour: colourFor(colour, env, isTerminal), glyphs: glyphsFor(env, isTerminal), width: columnsOf(screen) }
}

/** The columns of a terminal. Undefined elsewhere, and for a terminal without a size: it says that it has none. */
export function columnsOf({ isTTY = false, columns = 0 }: Size): number | undefined {
  return isTTY && columns > 0 ? columns : undefined
}
