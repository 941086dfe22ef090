import { escapeFormula } from '../csv-injection.ts'
import { escapeControls } from './cell.ts'
import type { ColourChoice } from './choices.ts'
import type { Screen } from './destination.ts'
import { lookOf } from './look.ts'
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
  return {
    ...lookOf(screen ?? {}, env, screen === undefined ? 'never' : colour),
    escapeControls: screen?.isTTY === true ? escapeControls : unchanged,
    escapeFormula: raw ? unchanged : escapeFormula,
  }
}
