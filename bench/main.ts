import { InvalidValue } from '../src/errors.ts'
import { readOptions, usage, type Options } from './options.ts'
import { runBench } from './run.ts'

const interrupt = new AbortController()
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    process.exitCode = exitCode
    interrupt.abort(signal)
  })
}

/** Parses the command line. Undefined if the help or an error was printed. */
function parsedOptions(): Options | undefined {
  try {
    const options = readOptions(process.argv.slice(2))
    if (options !== 'help') return options
    process.stdout.write(`${usage}\n`)
  } catch (error) {
    if (!(error instanceof InvalidValue) && !(error instanceof TypeError)) throw error
    process.stderr.write(`${error.message}\n${usage}\n`)
    process.exitCode = 2
  }
  return undefined
}

const options = parsedOptions()
if (options !== undefined) {
  const { env, stdout, stderr } = process
  try {
    process.exitCode = await runBench(options, { env, stdout, stderr, signal: interrupt.signal })
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    stderr.write('interrupted; the server is stopped and its files are removed\n')
  }
}
