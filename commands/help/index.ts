import type { Command } from 'commander'
import { DbtoolError } from '../../src/errors.ts'
import { nearest } from '../../src/nearest.ts'
import { type Declare, type Verbs, writesStdout } from '../kit/command.ts'
import { chainOf, pathOf } from '../kit/flags.ts'
import { footer, helpWidth } from '../kit/help.ts'
import { meantCommand } from '../kit/meant-command.ts'
import { topicPage, topics } from '../kit/topics.ts'

const names = Object.keys(topics)

/** The minimum width for wrapping a description, in columns. */
const minWidth = 20

const help: Declare = (program, ctx) => {
  writesStdout(program.command('help'), () => 'redirect it, as in dbtool help formats > formats.txt')
    .description('Show help for a command or topic')
    .argument('[words...]', 'a noun with or without a verb, or a topic')
    .addHelpText('after', footer([`Topics: ${names.join(', ')}`], 'dbtool help connecting', 'dbtool help orders place'))
    .action((words: string[], _options: unknown, command: Command) => {
      const [topic = ''] = words
      const root = chainOf(command).at(-1) ?? command
      const page = Object.hasOwn(topics, topic) && words.length === 1 ? topics[topic] : undefined
      if (page === undefined) {
        commandAt(root, words).outputHelp()
        return
      }
      // Prepared as commander prepares its own pages, with the width of the terminal.
      const helper = root.createHelp()
      helper.prepareContext({ helpWidth: ctx.io.stdout.columns || helpWidth })
      helper.minWidthToWrap = minWidth
      ctx.io.stdout.write(topicPage(page(), helper))
    })
}

/** @throws DbtoolError USAGE if the words are neither a command nor a topic. */
function commandAt(root: Command, words: readonly string[]): Command {
  return words.reduce((here, word) => {
    const next = here.commands.find((command) => command.name() === word)
    if (next !== undefined) return next
    const topic = here === root ? nearest(word, names) : undefined
    const meant = topic === undefined ? meantCommand(here, word) : [`did you mean ${topic}?`]
    throw new DbtoolError('USAGE', `no help about '${`${pathOf(here)} ${word}`.trim()}'`, {
      hint: [...meant, `topics: ${names.join(', ')}; commands: dbtool help`].join(' '),
    })
  }, root)
}

export const verbs: Verbs = { help }
