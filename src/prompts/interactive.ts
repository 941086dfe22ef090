import { DbtoolError, InvalidValue } from '../errors.ts'
import {
  type Answers,
  type Ask,
  type PromptField,
  type NameQuestion,
  otherName,
  type Terminal,
  type YesQuestion,
} from './ask.ts'
import type { Choice, ChoiceQuestion, Conversation, SearchQuestion } from './conversation.ts'
import { asciiTheme, askAt, watchEnter } from './question.ts'

/** The pause in typing after which a search starts. */
const typingPauseMs = 80
const linesOfChoices = 12
/** The lines of a prompt besides its choices: the question, and the help below it. */
const linesOfQuestion = 4
/** The signs before a choice, and one column less than the terminal has: a full line would count as two. */
const columnsBesideChoice = 4
/** The sign before a question, and the ` (y/N) ` behind it. */
const columnsBesideQuestion = 10
/** The sign before the reason of a rejection. */
const columnsBesideReason = 3
const columnsInPipes = 80

/** The properties of the terminal that prompts depend on. */
interface Screen {
  /** Makes text from the database safe to print. */
  readonly escapeControls: (text: string) => string
  /** Cuts a text to a number of columns, and a part of it first. */
  readonly fit: (text: string, width: number, cutFirst: string) => string
  /** Breaks a text between words into lines of a number of columns; only a path is longer. */
  readonly wrap: (text: string, width: number) => string
  /** Whether the terminal shows only ASCII characters. */
  readonly isAscii: boolean
}

/** Prompts for missing values on stderr. */
export class InteractiveAsk implements Ask, Conversation {
  readonly answered: string[] = []

  constructor(
    private readonly terminal: Terminal,
    private readonly screen: Screen,
  ) {}

  /** A terminal is always interactive, so this object answers the further prompts itself. */
  get interactive(): Conversation {
    return this
  }

  async resolve<B extends Record<string, PromptField<unknown>>>(fields: B): Promise<Answers<B>> {
    const answers: Record<string, unknown> = {}
    for (const [name, field] of Object.entries(fields)) answers[name] = field.given ?? (await this.ask(field))
    return answers as Answers<B>
  }

  async confirm({ message, yes, show }: YesQuestion): Promise<void> {
    if (yes) return
    show?.()
    if (!(await this.yes(message))) throw new DbtoolError('DECLINED', 'nothing was changed')
  }

  async confirmName(question: NameQuestion): Promise<void> {
    const { name, given } = question
    if (given === name) return
    if (given !== undefined) throw otherName(question)
    question.show?.()
    const { typed } = await this.prompt<{ typed: string }>({
      type: 'input',
      name: 'typed',
      message: `${question.message} Type ${name} to continue`,
    })
    if (typed !== name)
      throw new DbtoolError(
        'DECLINED',
        `${this.screen.escapeControls(JSON.stringify(typed))} is not the name ${name}; nothing was changed`,
      )
  }

  async search<T>({ message, find }: SearchQuestion<T>): Promise<T> {
    const enter = watchEnter(this.terminal.stdin)
    const source = async (typed: string | undefined, { signal }: { signal: AbortSignal }): Promise<object[]> => {
      const isOutdated = (): boolean => signal.aborted
      if (typed !== undefined) await new Promise((resolve) => setTimeout(resolve, typingPauseMs))
      if (isOutdated()) return []
      const wanted = typed?.trim() ?? ''
      const choices = await find(wanted, signal)
      // In the next turn, inquirer has the choices.
      if (enter.isPressed && !isOutdated() && isClear(choices, wanted)) setImmediate(enter.repeat)
      return choices.map((choice) => this.choiceRow(choice))
    }
    const { value } = await this.prompt<{ value: T }>({
      type: 'search',
      name: 'value',
      message,
      source,
      pageSize: linesOfChoices,
    }).finally(enter.stop)
    return value
  }

  async choose<T>({ message, choices }: ChoiceQuestion<T>): Promise<T> {
    const { value } = await this.prompt<{ value: T }>({
      type: 'select',
      name: 'value',
      message,
      choices: choices.map((choice) => this.choiceRow(choice)),
      pageSize: this.linesFor(choices.length),
      loop: false,
    })
    return value
  }

  async several<T>({ message, choices }: ChoiceQuestion<T>): Promise<readonly T[]> {
    const { value } = await this.prompt<{ value: T[] }>({
      type: 'checkbox',
      name: 'value',
      message,
      choices: choices.map((choice) => this.choiceRow(choice)),
      pageSize: linesOfChoices,
      loop: false,
    })
    return value
  }

  async text<T>({
    message,
    parse,
    defaultAnswer,
  }: {
    message: string
    parse: (text: string) => T
    defaultAnswer?: string
  }): Promise<T> {
    const validate = (text: string): true | string => this.rejected(problem(parse, text))
    const { value } = await this.prompt<{ value: string }>({
      type: 'input',
      name: 'value',
      message,
      validate,
      ...(defaultAnswer === undefined ? {} : { default: defaultAnswer }),
    })
    return parse(value)
  }

  async yes(message: string): Promise<boolean> {
    const { sure } = await this.prompt<{ sure: boolean }>({ type: 'confirm', name: 'sure', message, default: false })
    return sure
  }

  recordAnswer(...words: string[]): void {
    this.answered.push(...words)
  }

  /** The reason of a rejection for inquirer, which puts `> ` before it. */
  private rejected(reason: string | undefined): true | string {
    if (reason === undefined) return true
    const { escapeControls, wrap } = this.screen
    return wrap(escapeControls(reason), this.columns - columnsBesideReason)
  }

  private get columns(): number {
    return this.terminal.stderr.columns || columnsInPipes
  }

  /** A choice in one line. */
  private choiceRow<T>({ name, cutFirst = '', value, short = name, description, disabled }: Choice<T>): object {
    const { escapeControls, fit } = this.screen
    const width = this.columns - columnsBesideChoice - (disabled === undefined ? 0 : disabled.length + 1)
    return {
      name: fit(escapeControls(name), Math.max(width, 1), escapeControls(cutFirst)),
      value,
      short: escapeControls(short),
      ...(description === undefined ? {} : { description: escapeControls(description) }),
      ...(disabled === undefined ? {} : { disabled: escapeControls(disabled) }),
    }
  }

  private async ask<T>({ message, flag, parse, secret, find, check, defaultAnswer }: PromptField<T>): Promise<T> {
    if (find !== undefined) return this.askBySearch({ message, find }, flag)
    // No mask, so that not even the length of a password is visible.
    const type = secret === undefined ? 'input' : 'password'
    const validate = async (text: string): Promise<true | string> =>
      this.rejected(problem(parse, text) ?? (await rejection(check, text)))
    const { value } = await this.prompt<{ value: string }>({
      type,
      name: 'value',
      message,
      validate,
      ...(defaultAnswer === undefined ? {} : { default: defaultAnswer }),
    })
    const matches = (text: string): true | string =>
      text === value || 'Does not match; try again, or cancel with Ctrl-C'
    if (secret === 'twice') await this.prompt({ type, name: 'value', message: 'Password again', validate: matches })
    if (secret === undefined && value !== defaultAnswer) this.recordAnswer(...wordsFor(flag, value))
    return parse(value)
  }

  private async askBySearch<T>(question: SearchQuestion<T>, flag: string): Promise<T> {
    // Called once before the prompt, where it can reject; inside the prompt, inquirer would only print the error.
    await question.find('', this.terminal.signal)
    const value = await this.search(question)
    this.recordAnswer(...wordsFor(flag, String(value)))
    return value
  }

  /** The number of visible choices: all, if they fit on the terminal together with the question. */
  private linesFor(choices: number): number {
    const { rows = linesOfChoices } = this.terminal.stderr
    return Math.max(linesOfChoices / 2, Math.min(choices, rows - linesOfQuestion))
  }

  private prompt<A>(question: { readonly message: string } & Readonly<Record<string, unknown>>): Promise<A> {
    const { escapeControls, wrap, isAscii } = this.screen
    return askAt(this.terminal, {
      ...question,
      message: wrap(escapeControls(question.message), Math.max(this.columns - columnsBesideQuestion, 1)),
      ...(isAscii ? { theme: asciiTheme } : {}),
    })
  }
}

/** Whether the typed text means the first choice: it is the only one, or its name is exactly that text. */
function isClear([first, ...others]: readonly Choice<unknown>[], typed: string): boolean {
  if (first === undefined || first.disabled !== undefined || typed === '') return false
  return others.length === 0 || (first.short ?? first.name).toLowerCase() === typed.toLowerCase()
}

/** The words of an answer on a command line; for an argument, such as `<user>`, the value alone. */
const wordsFor = (flag: string, value: string): string[] => (flag.startsWith('-') ? [flag, value] : [value])

/** The reason why an answer is rejected. A failed check counts as accepted: the command itself reports the error. */
async function rejection(check: PromptField<unknown>['check'], text: string): Promise<string | undefined> {
  return check?.(text).catch(() => undefined)
}

/** Uses the parser of a flag to validate an answer; undefined if the answer is valid. */
function problem(parse: (text: string) => unknown, text: string): string | undefined {
  try {
    parse(text)
    return undefined
  } catch (error) {
    if (error instanceof InvalidValue) return error.message.replace(/^[a-z]/, (letter) => letter.toUpperCase())
    throw error
  }
}
