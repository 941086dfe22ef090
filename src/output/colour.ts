import { Chalk, type ChalkInstance } from 'chalk'
import type { ColourChoice } from './choices.ts'

/**
 * The colours of a stream. In order of precedence: the flag, FORCE_COLOR, NO_COLOR (https://no-color.org), TERM=dumb,
 * and whether the stream is a terminal. The level is set here, because `Chalk` instances ignore the environment.
 */
export function colourFor(choice: ColourChoice, env: NodeJS.ProcessEnv, isTerminal: boolean): ChalkInstance {
  return new Chalk({ level: wanted(choice, env, isTerminal) ? 1 : 0 })
}

function wanted(choice: ColourChoice, env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (choice !== 'auto') return choice === 'always'
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = env
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  if (no !== undefined && no !== '') return false
  return terminal !== 'dumb' && isTerminal
}
