import { CommanderError, type Command } from 'commander'
import type { Io } from '../src/context/context.ts'
import { ProcessContext } from '../src/context/process.ts'
import { allFaults, DbtoolError, messageOf, type ErrorCode } from '../src/errors.ts'
import { faultsOf, pathOf, resolveLazyFlags } from './kit/flags.ts'
import { globalFaults, invocationOf } from './kit/globals.ts'
import { guard } from './kit/guard.ts'
import { maskArguments } from './kit/mask-arguments.ts'
import { createProgram } from './index.ts'
import { runMenu, wantsMenu } from './menu.ts'

/** Runs one command line and resolves to its exit code. Only this file turns errors into text. */
export async function run(typed: readonly string[], io: Io): Promise<number> {
  const argv = helpLast(typed)
  const context = new ProcessContext(io)
  const program = await createProgram(context, argv)
  if (wantsMenu(program, argv, io)) return openMenu(await createProgram(context), argv, io)
  program.hook('preAction', async (_program, command) => {
    await resolveLazyFlags(command)
    const faults = [...faultsOf(command), ...(await globalFaults(command))]
    if (faults.length > 0)
      throw allFaults('USAGE', 'the command line is wrong', faults, `see: dbtool ${pathOf(command)} --help`)
    context.begin(await invocationOf(command, argv, io))
    await guard(context, command)
  })
  const failure = await failureOf(async () => {
    await program.parseAsync(argv, { from: 'user' })
    if (io.signal.aborted) throw interrupted(io)
  })
  if (failure === undefined) context.printAnswers(argv)
  context.stopClock()
  // The output is flushed first, so that it appears before the error.
  const flushFailure = await failureOf(() => context.finish(failure === undefined))
  const failures = [failure, flushFailure].flatMap((found) => found ?? [])
  const exitCode = failures.length === 0 ? context.exitCode : await report(failures[0]?.thrown, argv, io)
  await context.close()
  context.printTime()
  return exitCode
}

/** Reports that standard output accepts no more data. Resolves to the exit code. */
export function reportLost(error: NodeJS.ErrnoException, argv: readonly string[], io: Io): Promise<number> {
  return report(
    new DbtoolError('UNEXPECTED', `cannot write to standard output: ${messageOf(error)}`, {
      cause: error,
      hint: 'the output is incomplete',
    }),
    argv,
    io,
  )
}

/** Opens the menu, which runs any number of command lines. Resolves to the exit code of the last one. */
async function openMenu(program: Command, flags: readonly string[], io: Io): Promise<number> {
  let exitCode = 0
  const failure = await failureOf(async () => {
    exitCode = await runMenu({ program, io, flags, run: (argv) => run(argv, io) })
  })
  return failure === undefined ? exitCode : report(failure.thrown, flags, io)
}

/** Moves `--help` behind the noun and verb that follow it, so that it is the help of that command. */
function helpLast(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word, index) => index < 2 && (word === '--help' || word === '-h'))
  const before = argv.slice(0, Math.max(at, 0))
  if (at < 0 || before.some((word) => word.startsWith('-'))) return argv
  return [...before, ...argv.slice(at + 1).filter((word) => !word.startsWith('-')), '--help']
}

async function failureOf(work: () => Promise<void>): Promise<{ thrown: unknown } | undefined> {
  try {
    await work()
    return undefined
  } catch (thrown) {
    return { thrown }
  }
}

async function report(error: unknown, argv: readonly string[], io: Io): Promise<number> {
  // Commander has shown the help or the version. All its other errors are DbtoolErrors already.
  if (error instanceof CommanderError) return 0
  const { writeError } = await import('../src/output/error.ts')
  const converted = maskArguments(toDbtoolError(error, io), argv)
  writeError(converted, argv, io)
  return converted.exitCode
}

function toDbtoolError(error: unknown, io: Io): DbtoolError {
  if (io.signal.aborted) return interrupted(io, error)
  if (error instanceof DbtoolError) return error
  return new DbtoolError('UNEXPECTED', `unexpected: ${messageOf(error)}`, {
    cause: error,
    hint: 'this is a bug in dbtool; add --verbose for details',
  })
}

function interrupted({ signal }: Io, cause?: unknown): DbtoolError {
  const code: ErrorCode =
    signal.reason === 'SIGTERM' ? 'TERMINATED' : signal.reason === 'SIGHUP' ? 'HUNG_UP' : 'INTERRUPTED'
  if (cause instanceof DbtoolError && cause.code === 'OUTCOME_UNKNOWN') return cause
  const known = cause instanceof DbtoolError && cause.code === 'INTERRUPTED' ? cause : undefined
  return new DbtoolError(code, known?.message ?? code.toLowerCase().replace('_', ' '), { hint: known?.hint, cause })
}
