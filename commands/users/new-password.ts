import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { firstLine } from '../../src/context/stdin.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { PromptField } from '../../src/prompts/ask.ts'
import { parsePassword } from '../../src/shop/rules.ts'
import { data, type View } from '../../src/output/view.ts'
import { either } from '../kit/flags.ts'
import { userView } from '../kit/views.ts'

export interface NewPasswordOptions {
  readonly passwordStdin?: boolean
  readonly generatePassword?: boolean
}

/** Declares the flags for a new password. */
export function newPasswordFlags(command: Command): void {
  either(
    command,
    ['--password-stdin', 'read the password from the first line of standard input'],
    ['--generate-password', 'generate a password, and show it once'],
  )
}

export interface NewPassword {
  readonly field: PromptField<string>
  /** The generated password, as a part of the answer; without one, nothing. */
  readonly answer: { readonly password?: string }
  /** Shows a generated password that is not in the answer: it cannot be read anywhere else. */
  readonly show: () => void
}

/** The columns of the user, and in data formats the generated password. */
export const withPassword =
  (view: View) =>
  ({ generatePassword = false }: NewPasswordOptions): View =>
    generatePassword ? { ...view, columns: [...view.columns, data('password')] } : view

/** Resolves to the new password, or the prompt for it. Rejects with USAGE if the piped password breaks the rules. */
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
      message: 'Password (12 or more characters: upper and lower case, a digit, a special character)',
      parse: parsePassword,
      secret: 'twice',
    },
    answer: generated === undefined ? {} : { password: generated },
    show: () => {
      const isInAnswer = ctx.out.hasData(withPassword(userView)({ generatePassword: true }), 'password')
      if (generated !== undefined && !isInAnswer) ctx.out.secret(`password: ${generated}`)
    },
  }
}

/** Resolves to the first line of standard input. Undefined at a terminal, where a prompt without echo asks for it. */
export async function pipedLine({ io: { stdin } }: Context): Promise<string | undefined> {
  return stdin.isTTY === true ? undefined : firstLine(stdin)
}

function checked(password: string): string {
  if (password === '')
    throw new DbtoolError('USAGE', 'there is no password in standard input', {
      hint: 'pipe it as the first line, or let --generate-password choose one',
    })
  try {
    return parsePassword(password)
  } catch (error) {
    if (error instanceof InvalidValue)
      throw new DbtoolError('USAGE', `the password from standard input ${error.message}`)
    throw error
  }
}
