import { DbtoolError } from '../../src/errors.ts'
import { maskedUrl, quotedForShell, quoteValue, stars } from '../../src/values.ts'

/** Flags after which people type a password, although none of them takes one. */
const passwordFlag = /^(--(password|passwd|pass|pwd|password-stdin|generate-password|ask-password)|-p)$/i
const passwordInFlag = /^(--(?:password|passwd|pass|pwd)=|-p)[^]+/i

/** At least eight characters of four kinds. File names, SKUs and times have none of these special characters. */
const likePassword = [/^\S{8,}$/, /[a-z]/, /[A-Z]/, /[0-9]/, /[!#$%^&*?~]/]

/**
 * Masks the words of a command line that seem to be a password, or a URL with one, in an error about the command line.
 * Its text ends in logs of continuous integration and in questions to strangers.
 */
export function maskArguments(error: DbtoolError, argv: readonly string[]): DbtoolError {
  if (error.code !== 'USAGE') return error
  const masked = argv.flatMap((word, at) => maskedWords(word, argv[at - 1]))
  if (masked.length === 0) return error
  const clean = (text: string): string =>
    masked.reduce(
      (rest, [word, safe]) => rest.replaceAll(`'${word}'`, `'${safe}'`).replaceAll(quoteValue(word), `'${safe}'`),
      text,
    )
  return new DbtoolError(error.code, clean(error.message), {
    hint: error.hint === undefined ? undefined : clean(error.hint),
    faults: error.faults.map(clean),
  })
}

/** The command line for a shell, with stars for what seems to be a password. */
export function maskedLine(argv: readonly string[]): string {
  const words = argv.map((word, at) =>
    maskedWords(word, argv[at - 1]).reduce((rest, [given, safe]) => rest.replace(given, () => safe), word),
  )
  return ['dbtool', ...words.map(quotedForShell)].join(' ')
}

/** The word, and its value after `=`, if they have to be masked. */
function maskedWords(word: string, before = ''): [word: string, safe: string][] {
  const [, value = ''] = /^--[^=]+=([^]*)$/.exec(word) ?? []
  const pairs: [string, string][] = [
    [word, word.replace(passwordInFlag, `$1${stars}`)],
    [word, passwordFlag.test(before) && !word.startsWith('-') ? stars : maskedValue(word)],
    [value, maskedValue(value)],
  ]
  return pairs.filter(([given, safe]) => given !== '' && given !== safe)
}

function maskedValue(word: string): string {
  return likePassword.every((kind) => kind.test(word)) ? stars : maskedUrl(word)
}
