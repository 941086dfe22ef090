import type { Readable } from 'node:stream'
import { DbtoolError } from '../errors.ts'
import type { Choice, Conversation } from './conversation.ts'

/** A value that a verb needs. Its prompt uses the parser of the flag, and appears only on a terminal. */
export interface PromptField<T> {
  /** The value of the flag. */
  readonly given: T | undefined
  /** The flag or argument as typed, for the error that it is missing. */
  readonly flag: string
  readonly message: string
  readonly parse: (text: string) => T
  /** Typed without echo; `twice` for a new secret. */
  readonly secret?: 'once' | 'twice'
  /**
   * Finds the choices that match the typed text; the user selects one instead of typing the complete value. Rejects
   * with NOT_FOUND if there are no choices at all.
   */
  readonly find?: (typed: string, signal: AbortSignal) => Promise<readonly Choice<T>[]>
  /** Resolves to the reason why a valid text is rejected, such as a duplicate; undefined if it is accepted. */
  readonly check?: (text: string) => Promise<string | undefined>
  /** The answer for Enter alone, and for a missing flag without a prompt. */
  readonly defaultAnswer?: string
  /** The hint of the error without a prompt; by default, to use flags. */
  readonly hint?: string
}

/** The confirmation of a change that cannot be undone: the user types the name of the target. */
export interface NameQuestion {
  readonly message: string
  readonly name: string
  /** The value of the flag. */
  readonly given: string | undefined
  readonly flag: string
  /** Shows the affected data; called only before a prompt. */
  readonly show?: (() => void) | undefined
}

export type Answers<B extends Record<string, PromptField<unknown>>> = {
  [K in keyof B]: B[K] extends PromptField<infer T> ? T : never
}

/** A confirmation with yes or no; `yes` is the flag that answers it in advance. */
export interface YesQuestion {
  readonly message: string
  readonly yes: boolean
  /** `offer`: the action destroys nothing. `machine`: the action does not concern the database. */
  readonly about?: 'offer' | 'machine'
  /** Shows the affected data; called only before a prompt. */
  readonly show?: () => void
}

/** Obtains values and confirmations: from flags, and on a terminal also from prompts. */
export interface Ask {
  /** Further prompts for optional questions; undefined if no prompt is possible. */
  readonly interactive: Conversation | undefined
  /** The answers so far, as words of a command line; without secrets. */
  readonly answered: readonly string[]
  /**
   * Resolves all values: from flags, and from prompts for missing ones. Rejects with USAGE and all missing flags if no
   * prompt is possible.
   */
  resolve<B extends Record<string, PromptField<unknown>>>(fields: B): Promise<Answers<B>>
  /** Rejects with DECLINED if the answer is no, and with USAGE if no prompt is possible and `yes` is false. */
  confirm(question: YesQuestion): Promise<void>
  /**
   * Rejects with DECLINED if the user types another name. Rejects with USAGE if the flag has another name, or if it is
   * missing and no prompt is possible.
   */
  confirmName(question: NameQuestion): Promise<void>
}

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream & {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
  }
  readonly signal: AbortSignal
}

/** Whether prompts are possible: stdin and stderr are terminals, and no flag or variable forbids prompts. */
export function mayAsk({ stdin, stderr }: Terminal, env: NodeJS.ProcessEnv, refused: boolean): boolean {
  const set = (name: string): boolean => (env[name] ?? '') !== ''
  return stdin.isTTY === true && stderr.isTTY === true && !refused && !set('DBTOOL_NO_INPUT') && !set('CI')
}

const flagsHint = 'pass all values as flags or arguments, or run the command on a terminal for prompts'

/** Without prompts, for scripts: never waits for an answer. */
export const askNobody: Ask = {
  interactive: undefined,
  answered: [],
  resolve<B extends Record<string, PromptField<unknown>>>(fields: B): Promise<Answers<B>> {
    const missing = Object.values(fields).filter(
      ({ given, defaultAnswer }) => given === undefined && defaultAnswer === undefined,
    )
    if (missing.length === 0) return Promise.resolve(givenOf(fields))
    const flags = missing.map(({ flag }) => flag).join(', ')
    return Promise.reject(
      new DbtoolError('USAGE', `missing ${flags}`, {
        hint: missing.find(({ hint }) => hint !== undefined)?.hint ?? flagsHint,
      }),
    )
  },
  confirm({ message, yes }) {
    if (yes) return Promise.resolve()
    return Promise.reject(
      new DbtoolError('USAGE', `this needs a confirmation: ${message}`, { hint: 'add --yes to confirm it' }),
    )
  },
  confirmName(question) {
    const { message, flag, name, given } = question
    if (given === name) return Promise.resolve()
    if (given !== undefined) return Promise.reject(otherName(question))
    return Promise.reject(
      new DbtoolError('USAGE', `this needs a confirmation: ${message}`, { hint: `add ${flag} ${name} to confirm it` }),
    )
  },
}

/** The error for a flag with another name, which is a mistake and not a declined confirmation. */
export function otherName({ name, given, flag }: NameQuestion): DbtoolError {
  return new DbtoolError('USAGE', `${flag} is '${given ?? ''}', but the target is '${name}'`, {
    hint: 'nothing was changed; check the target with: dbtool config show',
  })
}

function givenOf<B extends Record<string, PromptField<unknown>>>(fields: B): Answers<B> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { given, defaultAnswer, parse }]) => [
      name,
      given ?? (defaultAnswer === undefined ? undefined : parse(defaultAnswer)),
    ]),
  ) as Answers<B>
}
