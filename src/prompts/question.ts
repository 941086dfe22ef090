import type { Readable } from 'node:stream'
import { DbtoolError } from '../errors.ts'
import type { Terminal } from './ask.ts'

/** Asks one question of inquirer on a terminal. Rejects with INTERRUPTED if the user cancels it. */
export async function askAt<A>({ stdin: input, stderr: output, signal }: Terminal, question: object): Promise<A> {
  const { createPromptModule } = await (await import('./inquirer.ts')).loadInquirer()
  const inputEnd = watchInput(input)
  const prompt = createPromptModule({ input, output, signal: AbortSignal.any([signal, inputEnd.signal]) })
  try {
    return (await prompt([question] as unknown as Parameters<typeof prompt>[0])) as A
  } catch (error) {
    const cancelled = error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')
    throw cancelled ? new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed', { cause: error }) : error
  } finally {
    inputEnd.stop()
  }
}

/**
 * Aborts at the end of the input. After Ctrl-D, readline stops reading, but inquirer is not notified, and the process
 * would exit silently. An answer stops the reading too, but inquirer has it by the next turn of the event loop.
 */
function watchInput(input: Readable): { signal: AbortSignal; stop: () => void } {
  const ended = new AbortController()
  const abort = (): void => void setImmediate(() => ended.abort())
  for (const event of endEvents) input.once(event, abort)
  return {
    signal: ended.signal,
    stop: () => {
      for (const event of endEvents) input.off(event, abort)
    },
  }
}

const endEvents = ['pause', 'end', 'close'] as const

interface Key {
  readonly name?: string
}

/** Notices whether the last key was Enter. Inquirer ignores it during a search. */
export function watchEnter(input: Readable): { readonly isPressed: boolean; repeat: () => void; stop: () => void } {
  let isPressed = false
  const notice = (_text: string | undefined, { name }: Key): void => {
    isPressed = name === 'return' || name === 'enter'
  }
  input.on('keypress', notice)
  return {
    get isPressed() {
      return isPressed
    },
    repeat: () => void input.emit('keypress', '\r', { name: 'return' } satisfies Key),
    stop: () => void input.off('keypress', notice),
  }
}

/** The signs of inquirer in ASCII. */
export const asciiTheme = {
  prefix: { idle: '?', done: 'ok' },
  icon: { cursor: '>', checked: '[x]', unchecked: '[ ]', disabledChecked: '[x]', disabledUnchecked: '-' },
  spinner: { interval: 80, frames: ['-', '\\', '|', '/'] },
}
