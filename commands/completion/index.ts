import type { ShellCompletion } from '@optique/core/completion'
import type { Suggestion } from '@optique/core/parser'
import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Choice } from '../../src/prompts/conversation.ts'
import { parseChoice } from '../../src/values.ts'
import type { Declare, Verbs } from '../kit/command.ts'
import { chainOf, value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { candidates, type Answer, type Candidate } from './candidates.ts'

const shells = ['bash', 'zsh', 'fish', 'powershell', 'nu'] as const
type Shell = (typeof shells)[number]
const parseShell = parseChoice(shells)

/** Resolves to the script for a shell, and the encoding of its suggestions. */
async function languageOf(shell: Shell): Promise<ShellCompletion> {
  const { bash, zsh, fish, pwsh, nu } = await import('@optique/core/completion')
  return { bash, zsh, fish, powershell: pwsh, nu }[shell]
}

const install = `
To install it for every new shell:
  bash        echo 'eval "$(dbtool completion bash)"' >> ~/.bashrc
  zsh         echo 'eval "$(dbtool completion zsh)"' >> ~/.zshrc
              (after compinit)
  fish        dbtool completion fish > ~/.config/fish/completions/dbtool.fish
  powershell  dbtool completion powershell >> $PROFILE
  nu          dbtool completion nu | save ($nu.user-autoload-dirs.0)/dbtool.nu`

const completion: Declare = (program, ctx) => {
  program
    .command('completion')
    .description('Print the script for tab completion in your shell')
    .argument('[shell]', shells.join(', '), value(parseShell))
    .argument('[words...]', 'used by the script: after --, the words typed so far')
    .addHelpText('after', install)
    .addHelpText('after', examples('dbtool completion bash'))
    .action(async (given: Shell | undefined, words: string[], _options: unknown, command: Command) => {
      const { shell } = await ctx.ask.resolve({
        shell: { given, flag: '<shell>', message: 'Which shell?', parse: parseShell, find: matchingShells },
      })
      const language = await languageOf(shell)
      const root = chainOf(command).at(-1) ?? command
      if (words.length === 0) ctx.out.text(`${language.generateScript('dbtool', ['completion', shell, '--']).trim()}\n`)
      else
        ctx.out.text(
          await encodedFor(shell, await suggestions(ctx, root, shell === 'bash' ? words.map(unquoted) : words)),
        )
    })
}

const matchingShells = (typed: string): Promise<Choice<Shell>[]> =>
  Promise.resolve(shells.filter((shell) => shell.includes(typed)).map((shell) => ({ name: shell, value: shell })))

/**
 * Resolves to the suggestions in the form that the script of a shell reads. The scripts quote what they insert, except
 * that of bash for anything but files.
 */
export async function encodedFor(shell: Shell, suggested: readonly Suggestion[]): Promise<string> {
  const language = await languageOf(shell)
  return lines(language.encodeSuggestions(shell === 'bash' ? suggested.map(escapedForBash) : suggested))
}

/** With backslashes, which are safe outside quotes and within. */
function escapedForBash(suggestion: Suggestion): Suggestion {
  if (suggestion.kind !== 'literal') return suggestion
  return { ...suggestion, text: suggestion.text.replace(/[^\w@%+=:,./-]/g, '\\$&') }
}

/** Puts each chunk on its own line. The library prints chunks with console.log, and only zsh relies on that. */
const lines = (chunks: Iterable<string>): string =>
  [...chunks].flatMap((chunk) => (chunk === '\n' ? [] : `${chunk}\n`)).join('')

/** bash passes words with the quotes that were typed; the last word may lack the closing quote. */
const unquoted = (word: string): string => word.replace(/^(['"])(.*?)\1?$/s, '$2')

async function suggestions(ctx: Context, root: Command, words: readonly string[]): Promise<Suggestion[]> {
  const last = words.at(-1) ?? ''
  const { prefix, offered } = await helpTopics(words, candidates(root, words))
  if (offered === 'files') return [{ kind: 'file', type: 'file', ...(prefix === '' ? {} : { pattern: last, prefix }) }]
  const matching = (offered === 'profiles' ? await profiles(ctx) : offered).filter(({ value: word }) =>
    `${prefix}${word}`.startsWith(last),
  )
  return matching.map(({ value: word, about }) => ({
    kind: 'literal',
    text: `${prefix}${word}`,
    ...(about === '' ? {} : { description: [{ type: 'text', text: about }] }),
  }))
}

async function profiles({ io: { env, cwd } }: Context): Promise<Candidate[]> {
  const [{ profilePaths }, { readProfileFiles }] = await Promise.all([
    import('../../src/config/paths.ts'),
    import('../../src/config/profile-files.ts'),
  ])
  return readProfileFiles(profilePaths({ env, cwd }), { env, cwd }).flatMap((file) =>
    [...file.profiles.keys()].map((profile) => ({ value: profile, about: file.name })),
  )
}

/** Adds the help topics to the candidates after `help`. */
async function helpTopics(words: readonly string[], answer: Answer): Promise<Answer> {
  if (words.length !== 2 || words[0] !== 'help' || typeof answer.offered === 'string') return answer
  const { topics } = await import('../kit/topics.ts')
  return {
    ...answer,
    offered: [
      ...answer.offered,
      ...Object.entries(topics).map(([name, topic]) => ({ value: name, about: topic().about })),
    ],
  }
}

export const verbs: Verbs = { completion }
