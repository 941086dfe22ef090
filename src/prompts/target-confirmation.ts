import type { Answers, Ask, PromptField, NameQuestion, YesQuestion } from './ask.ts'

/** The database that a question is about. */
export interface TargetInfo {
  /** `user@host:port/database`. */
  readonly target: string
  readonly database: string
  /** Who says that it is protected; undefined: it is not. */
  readonly protectedBy: string | undefined
}

/**
 * Says with every confirmation which database it is about. On a protected one a yes is not enough: the name must be
 * typed, or have been
 * (`confirmed`).
 */
export function confirmWithTarget(ask: Ask, confirmed: string | undefined, find: () => Promise<TargetInfo>): Ask {
  const placed = ({ target, protectedBy }: TargetInfo, message: string): string =>
    `${message} On ${target}${protectedBy === undefined ? '' : `, which is protected (${protectedBy})`}.`
  return {
    interactive: ask.interactive,
    answered: ask.answered,
    resolve: <B extends Record<string, PromptField<unknown>>>(fields: B): Promise<Answers<B>> => ask.resolve(fields),
    async confirm(question: YesQuestion) {
      if (question.about === 'machine') return ask.confirm(question)
      const place = await find()
      const message = placed(place, question.message)
      if (place.protectedBy === undefined || question.about === 'offer') return ask.confirm({ ...question, message })
      return ask.confirmName({
        message,
        name: place.database,
        given: confirmed,
        flag: '--confirm',
        show: question.show,
      })
    },
    async confirmName(question: NameQuestion) {
      return ask.confirmName({
        ...question,
        message: placed(await find(), question.message),
        given: question.given ?? confirmed,
      })
    },
  }
}
