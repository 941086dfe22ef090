import type { Readable } from 'node:stream'
import { DbtoolError } from '../errors.ts'
import type { Choice, Conversation } from './conversation.ts'

/** A value that a verb needs. The question has the flag's own parser, and is asked only where a person can answer. */
export interface PromptField<T> {
  /** What the flag gave. */
  readonly given: T | undefined
  /** As a user types it, for the message that it is missing. */
  readonly flag: string
  readonly message: string
  readonly parse: (text: string) => T
  /** Typed without echo; a new secret twice. */
  readonly secret?: 'once' | 'twice'
  /**
   * Chosen from what fits what is typed, instead of typed as a whole. Rejects with NOT_FOUND where there is nothing at
   * all.
   */
  readonly find?: (typed: string, signal: AbortSignal) => Promise<readonly Choice<T>[]>
  /** Why a text of the right form cannot be taken, as one that somebody else has; undefined: it can. */
  readonly check?: (text: string) => Promise<string | undefined>
  /** What Enter says; where nobody is asked, it is not missing. */
  readonly defaultAnswer?: string
  /** How else it can be given, where nobody can be asked; the default is for flags. */
  readonly hint?: string
}

/** What cannot be undone is confirmed by typing the name of what it happens to. */
export interface NameQuestion {
  readonly message: string
  readonly name: string
  /** What the flag gave. */
  readonly given: string | undefined
  readonly flag: string
  /** Shows what it is about, and is called only where somebody is asked. */
  readonly show?: (() => void) | undefined
}

export type Answers<B extends Record<string, PromptField<unknown>>> = {
  [K in keyof B]: B[K] extends PromptField<infer T> ? T : never
}

/** Yes or no; `yes` is the flag that has answered. */
export interface YesQuestion {
  readonly message: string
  readonly yes: boolean
  /** `offer`: it takes nothing away. `machine`: it is not about the database. */
  readonly about?: 'offer' | 'machine'
  /** Shows what it is about, and is called only where somebody is asked. */
  readonly show?: () => void
}

export interface Ask {
  /** Undefined where nobody can answer: for questions that are an offer. */
  readonly interactive: Conversation | undefined
  /** What was asked for and answered, as it would be typed; secrets are left out. */
  readonly answered: readonly string[]
  /**
   * Every value: those given, and the others asked for. Rejects with USAGE naming all missing flags where nobody can be
   * asked.
   */
  resolve<B extends Record<string, PromptField<unknown>>>(fields: B): Promise<Answers<B>>
  /** Rejects with DECLINED on no, with USAGE where nobody can be asked and `yes` was not given. */
  confirm(question: YesQuestion): Promise<void>
  /**
   * Rejects with DECLINED when another name was typed, with USAGE when the flag gives another or nobody can be asked.
   */
  confirmName(question: NameQuestion): Promise<void>
}

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly rows?: number }
  readonly signal: AbortSignal
}

/** Whether a question may be asked at all: both ends are terminals, and nobody said no. */
export function mayAsk({ stdin, stderr }: Terminal, env: NodeJS.ProcessEnv, refused: boolean): boolean {
  const set = (name: string): boolean => (env[name] ?? '') !== ''
  return stdin.isTTY === true && stderr.isTTY === true && !refused && !set('DBTOOL_NO_INPUT') && !set('CI')
}

const flagsHint = 'give every value on the command line, or run it on a terminal to be asked'

/** For scripts: never waits for anybody. */
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

/** A flag that gives another name is a mistake, not an answer. */
export function otherName({ name, given, flag }: NameQuestion): DbtoolError {
  return new DbtoolError('USAGE', `${flag} says '${given ?? ''}', and this is '${name}'`, {
    hint: 'nothing was changed; look where you are: dbtool config show',
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
