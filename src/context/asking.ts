import type { Config } from '../config/config.ts'
import type { Invocation, Io } from './context.ts'
import { describeTarget } from '../db/target.ts'
import { escapeControls } from '../output/cell.ts'
import { glyphsFor } from '../output/glyphs.ts'
import { askNobody, mayAsk, type Ask } from '../prompts/ask.ts'
import { InteractiveAsk } from '../prompts/interactive.ts'
import { confirmWithTarget } from '../prompts/target-confirmation.ts'

/** Prompts on the terminal of `io`. */
export const promptsAt = (io: Io): InteractiveAsk =>
  new InteractiveAsk(io, { escapeControls, isAscii: glyphsFor(io.env, true).isAscii })

/**
 * Returns the prompts for this invocation: on the terminal if prompts are allowed, otherwise none. Questions about the
 * database name its target.
 */
export function askFor(io: Io, { noInput, confirmed }: Invocation, config: () => Promise<Config>): Ask {
  const ask = mayAsk(io, io.env, noInput) ? promptsAt(io) : askNobody
  return confirmWithTarget(ask, confirmed, async () => {
    const { target, isProtected, entries } = await config()
    const protection = entries.find(({ name }) => name === 'DB_PROTECTED')
    return {
      target: describeTarget(target),
      database: target.database ?? '',
      protectedBy: isProtected ? protection?.origin : undefined,
    }
  })
}
