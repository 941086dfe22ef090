import { Readable, Writable } from 'node:stream'
import type { Command } from 'commander'
import { pathOf } from '../../commands/kit/flags.ts'
import { createProgram } from '../../commands/index.ts'
import { ProcessContext } from '../../src/context/process.ts'

/** All verbs, by their paths. */
export async function verbs(): Promise<(readonly [path: string, verb: Command])[]> {
  const screen = new Writable()
  const io = {
    env: {},
    cwd: '/',
    stdin: Readable.from([]),
    stdout: screen,
    stderr: screen,
    signal: new AbortController().signal,
    now: () => new Date(),
  }
  return below(await createProgram(new ProcessContext(io))).map((verb) => [pathOf(verb), verb] as const)
}

function below(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(below)
}
