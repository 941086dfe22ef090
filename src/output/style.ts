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
 * The style of data on a screen, or in a file if there is none. Files and pipes receive exact data. On a terminal,
 * control characters from the database are escaped.
 */
export function styleFor({ env, colour, raw }: StyleOptions, screen: Screen | undefined): Style {
  const unchanged = (text: string): string => text
  const isTerminal = screen?.isTTY === true
  return {
    colour: colourFor(screen === undefined ? 'never' : colour, env, isTerminal),
    glyphs: glyphsFor(env, isTerminal),
    width: isTerminal ? screen.columns : undefined,
    escapeControls: isTerminal ? escapeControls : unchanged,
    escapeFormula: raw ? unchanged : escapeFormula,
  }
}
