import type { Command } from 'commander'
import type { Io } from '../src/context/context.ts'
import { mayAsk } from '../src/prompts/ask.ts'

/** Whether `dbtool`, with nothing but flags that every command takes, is a person who would like to be led. */
export function wantsMenu(program: Command, argv: readonly string[], io: Io): boolean {
  const refused = argv.some((word) => ['--no-input', '--json', '-h', '--help', '-V', '--version'].includes(word))
  const named = argv.some((word) => program.commands.some((command) => command.name() === word))
  // A menu moves the cursor.
  if (named || refused || io.env['TERM'] === 'dumb' || !mayAsk(io, io.env, false)) return false
  const { operands, unknown } = program.parseOptions([...argv])
  return operands.length === 0 && unknown.length === 0
}
