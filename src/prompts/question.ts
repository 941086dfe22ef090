import type { Readable } from 'node:stream'
import { DbtoolError } from '../errors.ts'
import type { Terminal } from './ask.ts'

/** One question of inquirer, to whoever sits at the terminal. Rejects with INTERRUPTED when he leaves. */
export async function askAt<A>({ stdin: input, stderr: output, signal }: Terminal, question: object): Promise<A> {
  const { createPromptModule } = await (await import('./inquirer.ts')).loadInquirer()
  const gone = whenGone(input)
  const prompt = createPromptModule({ input, output, signal: AbortSignal.any([signal, gone.signal]) })
  try {
    return (await prompt([question] as unknown as Parameters<typeof prompt>[0])) as A
  } catch (error) {
    const left = error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')
    throw left ? new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed', { cause: error }) : error
  } finally {
    gone.stop()
  }
}

/**
 * Aborts when the keyboard is left: at Ctrl-D or its end, readline stops reading, inquirer hears nothing of it, and the
 * process would end in silence. An answer stops the reading too, but is there by the next turn of the event loop.
 */
function whenGone(input: Readable): { signal: AbortSignal; stop: () => void } {
  const gone = new AbortController()
  const left = (): void => void setImmediate(() => gone.abort())
  for (const event of leavings) input.once(event, left)
  return {
    signal: gone.signal,
    stop: () => {
      for (const event of leavings) input.off(event, left)
    },
  }
}

const leavings = ['pause', 'end', 'close'] as const

const keyNames: Readonly<Record<string, string>> = { '↑↓': 'up/down', '⏎': 'enter' }

/** The signs of inquirer, for a terminal that has none but those of ASCII. */
export const asciiTheme = {
  prefix: { idle: '?', done: 'ok' },
  icon: { cursor: '>', checked: '[x]', unchecked: '[ ]', disabledChecked: '[x]', disabledUnchecked: '-' },
  spinner: { interval: 80, frames: ['-', '\\', '|', '/'] },
  style: {
    keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) =>
      keys.map(([key, action]) => `${keyNames[key] ?? key} ${action}`).join(', '),
  },
}
