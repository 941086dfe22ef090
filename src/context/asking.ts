import type { Config } from '../config/config.ts'
import { privateServerOrigin } from '../config/places.ts'
import type { Invocation, Io } from './context.ts'
import { describeTarget } from '../db/target.ts'
import { escapeControls } from '../output/cell.ts'
import { glyphsFor } from '../output/glyphs.ts'
import { askNobody, mayAsk, type Ask } from '../prompts/ask.ts'
import { shorten, widthOf, wrapped } from '../output/width.ts'
import { InteractiveAsk } from '../prompts/interactive.ts'
import { confirmWithTarget } from '../prompts/target-confirmation.ts'

/** Prompts on the terminal of `io`. */
export function promptsAt(io: Io): InteractiveAsk {
  const { isAscii, ellipsis } = glyphsFor(io.env, true)
  return new InteractiveAsk(io, {
    escapeControls,
    fit: (text, width, cutFirst) => fitted(text, { width, cutFirst, ellipsis }),
    wrap: (text, width) => wrapped(text, width, (word) => [word]).join('\n'),
    isAscii,
  })
}

interface Fitting {
  readonly width: number
  readonly cutFirst: string
  readonly ellipsis: string
}

/** The least that remains of the part that is cut first. */
const narrowestPart = 12

function fitted(text: string, { width, cutFirst, ellipsis }: Fitting): string {
  const excess = widthOf(text) - width
  if (excess <= 0) return text
  const part = shorten(cutFirst, Math.max(widthOf(cutFirst) - excess, narrowestPart), ellipsis)
  return shorten(
    text.replace(cutFirst, () => part),
    width,
    ellipsis,
  )
}

/** The target as a question names it. Nobody knows the private server by the path of its socket. */
export function placeOf({ target, entries }: Config): string {
  const isOfServer = (setting: string): boolean =>
    entries.find(({ name }) => name === setting)?.origin === privateServerOrigin
  if (!isOfServer('DB_SOCKET')) return describeTarget(target)
  return isOfServer('DB_NAME') ? 'the private server' : `database ${target.database ?? ''} of the private server`
}

/**
 * Returns the prompts for this invocation: on the terminal if prompts are allowed, otherwise none. Questions about the
 * database name its target.
 */
export function askFor(io: Io, { noInput, confirmed }: Invocation, config: () => Promise<Config>): Ask {
  const ask = mayAsk(io, io.env, noInput) ? promptsAt(io) : askNobody
  return confirmWithTarget(ask, confirmed, async () => {
    const settings = await config()
    const { target, isProtected, entries } = settings
    const protection = entries.find(({ name }) => name === 'DB_PROTECTED')
    return {
      target: placeOf(settings),
      database: target.database ?? '',
      protectedBy: isProtected ? protection?.origin : undefined,
    }
  })
}
