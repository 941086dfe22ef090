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
import { asciiTheme, askAt } from './question.ts'

/** Who types fast is searched for once. */
const typingMs = 80
const linesOfChoices = 12
/** With what is said below it. */
const linesOfQuestion = 4

/** How questions are drawn. */
interface Screen {
  /** Makes text from outside safe to print. */
  readonly escapeControls: (text: string) => string
  /** It has no other characters. */
  readonly isAscii: boolean
}

/** For people: asks for what is missing, on stderr. */
export class InteractiveAsk implements Ask, Conversation {
  readonly interactive: Conversation = this
  readonly answered: string[] = []

  constructor(
    private readonly terminal: Terminal,
    private readonly screen: Screen,
  ) {}

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
      message: `${question.message} Type ${name} to go on`,
    })
    if (typed !== name)
      throw new DbtoolError(
        'DECLINED',
        `${this.screen.escapeControls(JSON.stringify(typed))} is not the name ${name}; nothing was changed`,
      )
  }

  async search<T>({ message, find }: SearchQuestion<T>): Promise<T> {
    const source = async (typed: string | undefined, { signal }: { signal: AbortSignal }): Promise<object[]> => {
      if (typed !== undefined) await new Promise((resolve) => setTimeout(resolve, typingMs))
      if (signal.aborted) return []
      return (await find(typed?.trim() ?? '', signal)).map((choice) => this.choiceRow(choice))
    }
    const { value } = await this.prompt<{ value: T }>({
      type: 'search',
      name: 'value',
      message,
      source,
      pageSize: linesOfChoices,
    })
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
    const validate = (text: string): true | string => this.screen.escapeControls(problem(parse, text) ?? '') || true
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

  private choiceRow<T>({ name, value, short = name, description, disabled }: Choice<T>): object {
    return {
      name: this.screen.escapeControls(name),
      value,
      short: this.screen.escapeControls(short),
      ...(description === undefined ? {} : { description: this.screen.escapeControls(description) }),
      ...(disabled === undefined ? {} : { disabled: this.screen.escapeControls(disabled) }),
    }
  }

  private async ask<T>({ message, flag, parse, secret, find, check, defaultAnswer }: PromptField<T>): Promise<T> {
    if (find !== undefined) return this.found({ message, find }, flag)
    // No mask: not even the length of a password is shown.
    const type = secret === undefined ? 'input' : 'password'
    const validate = async (text: string): Promise<true | string> =>
      this.screen.escapeControls(problem(parse, text) ?? (await objection(check, text)) ?? '') || true
    const { value } = await this.prompt<{ value: string }>({
      type,
      name: 'value',
      message,
      validate,
      ...(defaultAnswer === undefined ? {} : { default: defaultAnswer }),
    })
    const same = (text: string): true | string => text === value || 'Not the same; try again, or start anew with Ctrl-C'
    if (secret === 'twice') await this.prompt({ type, name: 'value', message: 'The same again', validate: same })
    if (secret === undefined && value !== defaultAnswer) this.recordAnswer(...typed(flag, value))
    return parse(value)
  }

  private async found<T>(question: SearchQuestion<T>, flag: string): Promise<T> {
    // Here it can reject; within the question it would only be shown.
    await question.find('', this.terminal.signal)
    const value = await this.search(question)
    this.recordAnswer(...typed(flag, String(value)))
    return value
  }

  /** All of them, where the terminal has room for them and for the question. */
  private linesFor(choices: number): number {
    const { rows = linesOfChoices } = this.terminal.stderr
    return Math.max(linesOfChoices / 2, Math.min(choices, rows - linesOfQuestion))
  }

  private prompt<A>(question: { readonly message: string } & Readonly<Record<string, unknown>>): Promise<A> {
    const { escapeControls, isAscii } = this.screen
    return askAt(this.terminal, {
      ...question,
      message: escapeControls(question.message),
      ...(isAscii ? { theme: asciiTheme } : {}),
    })
  }
}

/** An argument, such as `<user>`, is its value alone. */
const typed = (flag: string, value: string): string[] => (flag.startsWith('-') ? [flag, value] : [value])

/** What cannot be checked now is found out at the end. */
async function objection(check: PromptField<unknown>['check'], text: string): Promise<string | undefined> {
  return check?.(text).catch(() => undefined)
}

/** The flag's parser as a question's check. */
function problem(parse: (text: string) => unknown, text: string): string | undefined {
  try {
    parse(text)
    return undefined
  } catch (error) {
    if (error instanceof InvalidValue) return error.message.replace(/^[a-z]/, (letter) => letter.toUpperCase())
    throw error
  }
}
