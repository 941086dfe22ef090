import { Readable, Writable } from 'node:stream'
import type { Command } from 'commander'
import { pathOf } from '../../commands/kit/flags.ts'
import { createProgram } from '../../commands/index.ts'
import { ProcessContext } from '../../src/context/process.ts'

/** The declarations of all commands, or of those that `argv` can mean. Help is written to `screen`. */
export function program(argv?: readonly string[], screen = new Writable()): Promise<Command> {
  const io = {
    env: {},
    cwd: '/',
    stdin: Readable.from([]),
    stdout: screen,
    stderr: screen,
    signal: new AbortController().signal,
    now: () => new Date(),
  }
  return createProgram(new ProcessContext(io), argv)
}

/** The verbs of a program, or of a noun. */
export function verbsBelow(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(verbsBelow)
}

/** All verbs, by their paths. */
export async function verbs(screen?: Writable): Promise<(readonly [path: string, verb: Command])[]> {
  return verbsBelow(await program(undefined, screen)).map((verb) => [pathOf(verb), verb] as const)
}
