import { Help, type Command } from 'commander'
import type { Io } from '../src/context.ts'

const widthInPipes = 100

/** Help goes where commander sends it, but through our streams; its errors are reported by run.ts, once. */
export function configureHelp(program: Command, { stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>): void {
  program.configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => stdout.columns ?? widthInPipes,
    getErrHelpWidth: () => stderr.columns ?? widthInPipes,
  })
  program.configureHelp({
    // The root reads like a table of contents: each noun with its verbs.
    subcommandTerm: (command) => (command.commands.length === 0 ? new Help().subcommandTerm(command).replace(' [options]', '') : command.name()),
    subcommandDescription: (command) => {
      const verbs = command.commands.map((verb) => verb.name()).join(', ')
      return verbs === '' ? command.description() : `${verbs}\n${command.description()}`
    },
  })
}

/** Examples below a verb's help; each line is run by a test. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n\nWhere to connect and what comes out: see dbtool --help.\n`
}
