import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { parseChoice } from '../../src/values.ts'
import type { Declare, Verbs } from '../declare.ts'
import { chainOf, value } from '../flags.ts'
import { examples } from '../help.ts'
import { candidates, type Answer, type Candidate } from './candidates.ts'
import { filesMark, scripts, shells, type Shell } from './scripts.ts'

const install = `
To have it in every new shell:
  bash        echo 'eval "$(dbtool completion bash)"' >> ~/.bashrc
  zsh         echo 'eval "$(dbtool completion zsh)"' >> ~/.zshrc
              (after compinit)
  fish        dbtool completion fish > ~/.config/fish/completions/dbtool.fish
  powershell  dbtool completion powershell >> $PROFILE`

const completion: Declare = (program, ctx) => {
  program
    .command('completion')
    .description('Print the script that makes your shell complete dbtool at TAB')
    .argument('<shell>', shells.join(', '), value(parseChoice(shells)))
    .argument('[words...]', 'used by the script: after --, what is typed so far')
    .addHelpText('after', `${install}\n${examples('dbtool completion bash')}`)
    .action(async (shell: Shell, words: string[], _options: unknown, command: Command) => {
      const root = chainOf(command).at(-1) ?? command
      ctx.io.stdout.write(words.length === 0 ? scripts[shell] : await answer(ctx, { shell, words, root }))
    })
}

/** One candidate a line; behind a tab what it is, where the shell shows that. */
async function answer(ctx: Context, { shell, words, root }: { shell: Shell; words: readonly string[]; root: Command }): Promise<string> {
  const last = words.at(-1) === '""' ? '' : (words.at(-1) ?? '')
  const all = await listed(ctx, await helpTopics(words, candidates(root, [...words.slice(0, -1), last])))
  if (all === 'files') return `${filesMark}\n`
  const [, flag = '', typed = last] = /^(--[^=]*=)(.*)$/s.exec(last) ?? []
  // These two replace the whole word, flag and all.
  const prefix = shell === 'fish' || shell === 'powershell' ? flag : ''
  const fitting = all.filter(({ value: one }) => one.startsWith(typed))
  return fitting.map(({ value: one, about }) => `${prefix}${one}${shell === 'bash' || about === '' ? '' : `\t${about}`}\n`).join('')
}

async function listed({ io: { env, cwd } }: Context, answered: Answer): Promise<'files' | readonly Candidate[]> {
  if (answered !== 'profiles') return answered
  const [{ profilePaths }, { readProfileFiles }] = await Promise.all([import('../../src/config/paths.ts'), import('../../src/config/profile-files.ts')])
  return readProfileFiles(profilePaths({ env, cwd }), { env, cwd }).flatMap((file) => [...file.profiles.keys()].map((value) => ({ value, about: file.name })))
}

/** After `help` stand the topics, too. */
async function helpTopics(words: readonly string[], answered: Answer): Promise<Answer> {
  if (words.length !== 2 || words[0] !== 'help' || typeof answered === 'string') return answered
  const { topics } = await import('../topics.ts')
  return [...answered, ...Object.entries(topics).map(([value, topic]) => ({ value, about: topic().about }))]
}

export const verbs: Verbs = { completion }
