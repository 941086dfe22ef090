import { inspect } from 'node:util'
import { expect } from 'vitest'
import { DbtoolError } from '../../src/errors.ts'

/** What no error may ever hold, in its message, its hint or any cause, as `-v` or a careless log would print it. */
export const password = 'correct horse battery staple'
export const secret = 'hush-hush-0815'

export interface Expected {
  readonly code: string
  readonly exitCode: number
  readonly message: RegExp | string
  readonly hint: RegExp | string
}

/** Awaits the failure of `work`, which says what went wrong with which thing, what to do next, and nothing secret. */
export async function expectFailure(
  work: Promise<unknown>,
  { code, exitCode, message, hint }: Expected,
): Promise<DbtoolError> {
  const error: unknown = await work.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof DbtoolError)) throw error
  expect(error).toMatchObject({ code, exitCode })
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('\n')
  expect(error.hint).toMatch(hint)
  const everything = inspect(error, { depth: 20, showHidden: true, maxStringLength: Infinity })
  expect(everything).not.toContain(password)
  expect(everything).not.toContain(secret)
  return error
}
