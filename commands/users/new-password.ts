import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { firstLine } from '../../src/context/stdin.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { PromptField } from '../../src/prompts/ask.ts'
import { parsePassword } from '../../src/shop/rules.ts'
import { either } from '../kit/flags.ts'

export interface NewPasswordOptions {
  readonly passwordStdin?: boolean
  readonly generatePassword?: boolean
}

/** Declares how a new password is given. */
export function newPasswordFlags(command: Command): void {
  either(
    command,
    ['--password-stdin', 'read the password from standard input, its first line'],
    ['--generate-password', 'make one up, and show it once on standard error'],
  )
}

export interface NewPassword {
  readonly field: PromptField<string>
  /** Shows it if it was made up: nobody can read it anywhere else. */
  readonly show: () => void
}

export async function newPassword(
  ctx: Context,
  { passwordStdin, generatePassword }: NewPasswordOptions,
): Promise<NewPassword> {
  const generated =
    generatePassword === true ? (await import('../../src/shop/users/passwords.ts')).generatePassword() : undefined
  const piped = passwordStdin === true ? await pipedLine(ctx) : undefined
  return {
    field: {
      given: generated ?? (piped === undefined ? undefined : checked(piped)),
      flag: '--password-stdin or --generate-password',
      message: 'Password (12 or more characters: upper and lower case, a digit, a special one)',
      parse: parsePassword,
      secret: 'twice',
    },
    show: () => {
      if (generated !== undefined) ctx.out.secret(`password: ${generated}`)
    },
  }
}

/** On a terminal there is nothing to read: there it is asked for, unseen. */
export async function pipedLine({ io: { stdin } }: Context): Promise<string | undefined> {
  return stdin.isTTY === true ? undefined : firstLine(stdin)
}

function checked(password: string): string {
  try {
    return parsePassword(password)
  } catch (error) {
    if (error instanceof InvalidValue)
      throw new DbtoolError('USAGE', `the password from standard input ${error.message}`)
    throw error
  }
}
