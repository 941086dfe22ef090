import type { Answers, Ask, PromptField, NameQuestion, YesQuestion } from './ask.ts'

/** The target that a confirmation names. */
export interface TargetInfo {
  /** `user@host:port/database`, or `the private server`. */
  readonly target: string
  readonly database: string
  /** The origin of the protection; undefined if the database is not protected. */
  readonly protectedBy: string | undefined
}

/**
 * Adds the target to every confirmation. On a protected database, yes is not enough: the user must type the name of the
 * database, or pass it as a flag (`confirmed`).
 */
export function confirmWithTarget(ask: Ask, confirmed: string | undefined, find: () => Promise<TargetInfo>): Ask {
  const withTarget = ({ target, protectedBy }: TargetInfo, message: string): string =>
    `${message} On ${target}${protectedBy === undefined ? '' : `, which is protected (${protectedBy})`}.`
  return {
    interactive: ask.interactive,
    answered: ask.answered,
    resolve: <B extends Record<string, PromptField<unknown>>>(fields: B): Promise<Answers<B>> => ask.resolve(fields),
    async confirm(question: YesQuestion) {
      if (question.about === 'machine') return ask.confirm(question)
      const info = await find()
      const message = withTarget(info, question.message)
      if (info.protectedBy === undefined || question.about === 'offer') return ask.confirm({ ...question, message })
      return ask.confirmName({
        message,
        name: info.database,
        given: confirmed,
        flag: '--confirm',
        show: question.show,
      })
    },
    async confirmName(question: NameQuestion) {
      return ask.confirmName({
        ...question,
        message: withTarget(await find(), question.message),
        given: question.given ?? confirmed,
      })
    },
  }
}
