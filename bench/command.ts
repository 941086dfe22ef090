import { Readable, Writable } from 'node:stream'
import { createProgram } from '../commands/index.ts'
import { run } from '../commands/run.ts'
import type { Io } from '../src/context/context.ts'
import { ProcessContext } from '../src/context/process.ts'

export interface CommandRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandPlace {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly signal: AbortSignal
}

/** Runs a command line in this process. Rejects if its exit code is not one of `expected`. */
export async function dbtool(
  argv: readonly string[],
  place: CommandPlace,
  expected: readonly number[] = [0],
): Promise<CommandRun> {
  const [stdout, stderr] = [new Collector(), new Collector()]
  // A new signal for each run, because a command leaves its listeners on it.
  const signal = AbortSignal.any([place.signal])
  const exitCode = await run(argv, {
    ...place,
    signal,
    stdin: Readable.from([]),
    stdout,
    stderr,
    now: () => new Date(),
  })
  if (!expected.includes(exitCode))
    throw new Error(`dbtool ${argv.slice(0, 2).join(' ')} ended with ${exitCode}: ${stderr.text.trim()}`)
  return { exitCode, stdout: stdout.text, stderr: stderr.text }
}

class Collector extends Writable {
  text = ''

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

/** All verbs of this dbtool, as typed; the bench measures only existing ones. */
export async function verbs(): Promise<string[]> {
  const silent: Io = {
    env: {},
    cwd: '/',
    stdin: Readable.from([]),
    stdout: new Collector(),
    stderr: new Collector(),
    signal: new AbortController().signal,
    now: () => new Date(),
  }
  const { commands } = await createProgram(new ProcessContext(silent), [])
  return commands.flatMap((noun) =>
    noun.commands.length === 0 ? [noun.name()] : noun.commands.map((verb) => `${noun.name()} ${verb.name()}`),
  )
}
