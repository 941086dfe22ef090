import type { Blank } from '../../src/prompts/ask.ts'

/** The argument of every verb that is about one user. */
export function whichUser(given: string | undefined): Blank<string> {
  return { given, flag: '<user>', message: 'User (id, username or email)', parse: (text) => text }
}
