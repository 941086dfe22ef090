import { CommanderError } from 'commander'
import { ProcessContext, type Io } from '../src/context.ts'
import { allFaults, DbtoolError, type ErrorCode } from '../src/errors.ts'
import { harmlessLines } from '../src/output/cell.ts'
import { colourFor } from '../src/output/colour.ts'
import { faultsOf, pathOf } from './flags.ts'
import { invocationOf, wantsJson } from './globals.ts'
import { createProgram } from './index.ts'

/** Runs one command line and resolves to its exit code. The only place where an error becomes text. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const context = new ProcessContext(io)
  const program = createProgram(context)
  program.hook('preAction', (_program, command) => {
    const faults = faultsOf(command)
    if (faults.length > 0) throw allFaults('USAGE', 'the command line is wrong', faults, `see: dbtool ${pathOf(command)} --help`)
    context.begin(invocationOf(command, io))
  })
  let exitCode = 0
  try {
    await program.parseAsync(argv, { from: 'user' })
    if (io.signal.aborted) throw interrupted(io)
  } catch (error) {
    exitCode = report(error, argv, io)
  }
  await context.close()
  return exitCode
}

function report(error: unknown, argv: readonly string[], io: Io): number {
  if (error instanceof CommanderError && ['commander.helpDisplayed', 'commander.version'].includes(error.code)) return 0
  // A noun without a verb: its help was shown, on stderr.
  if (error instanceof CommanderError && error.code === 'commander.help') return 2
  const ours = asOurs(error, io)
  io.stderr.write(wantsJson(argv) ? `${asJson(ours)}\n` : asText(ours, argv, io))
  return ours.exitCode
}

function asOurs(error: unknown, io: Io): DbtoolError {
  if (error instanceof CommanderError) return new DbtoolError('USAGE', error.message.replace(/^error: /, ''), { hint: 'see: dbtool --help' })
  if (io.signal.aborted) return interrupted(io, error)
  if (error instanceof DbtoolError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new DbtoolError('UNEXPECTED', `unexpected: ${message}`, { cause: error, hint: 'this is a fault of dbtool; add --verbose for the details' })
}

function interrupted({ signal }: Io, cause?: unknown): DbtoolError {
  const code: ErrorCode = signal.reason === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED'
  const known = cause instanceof DbtoolError && cause.code === 'INTERRUPTED' ? cause : undefined
  return new DbtoolError(code, known?.message ?? 'interrupted', { hint: known?.hint, cause })
}

function asJson({ code, message, hint, faults, exitCode }: DbtoolError): string {
  return JSON.stringify({ error: { code, message, hint: hint ?? null, ...(faults.length > 1 ? { faults } : {}), exitCode } })
}

function asText(error: DbtoolError, argv: readonly string[], io: Io): string {
  const colour = colourFor('auto', io.env, io.stderr.isTTY === true)
  const { message, faults, hint } = error
  const lines = [`${colour.red('error:')} ${harmlessLines(message)}`]
  if (faults.length > 1) lines.push(...faults.map((fault) => `  - ${harmlessLines(fault)}`))
  if (hint !== undefined) lines.push(`${colour.dim('hint:')} ${harmlessLines(hint)}`)
  if (argv.includes('-v') || argv.includes('--verbose')) lines.push(...causes(error))
  return `${lines.join('\n')}\n`
}

function causes({ cause, stack }: Error): string[] {
  if (!(cause instanceof Error)) return stack === undefined ? [] : [stack]
  return [`cause: ${harmlessLines(cause.stack ?? cause.message)}`]
}
