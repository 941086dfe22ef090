import { escapeFormula } from '../csv-injection.ts'
import { escapeControls } from './cell.ts'
import type { ColourChoice } from './choices.ts'
import { colourFor } from './colour.ts'
import type { Screen } from './destination.ts'
import { glyphsFor } from './glyphs.ts'
import type { Style } from './sheet.ts'

interface StyleOptions {
  readonly env: NodeJS.ProcessEnv
  readonly colour: ColourChoice
  readonly raw: boolean
}

/**
 * How data looks on a screen, or in a file, where there is none. What goes into a file or a pipe is exact; no text of a
 * database can
 * make a terminal do anything.
 */
export function styleFor({ env, colour, raw }: StyleOptions, screen: Screen | undefined): Style {
  const asItIs = (text: string): string => text
  const isTerminal = screen?.isTTY === true
  return {
    colour: colourFor(screen === undefined ? 'never' : colour, env, isTerminal),
    glyphs: glyphsFor(env, isTerminal),
    width: isTerminal ? screen.columns : undefined,
    escapeControls: isTerminal ? escapeControls : asItIs,
    escapeFormula: raw ? asItIs : escapeFormula,
  }
}
