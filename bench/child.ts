import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** The exit of a program and its use of time and memory. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** The time from its start to its end. */
  readonly seconds: number
  /** The peak of its resident memory. Undefined if it did not report any. */
  readonly peakMegabytes: number | undefined
}

export interface Child {
  readonly env?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly cwd: string
  /** A file for standard output, instead of `stdout` of the result. */
  readonly into?: string
}

/** The root of the project, for the sources as well as for the compiled code. */
export const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url))
export const dbtoolBinary = `${root}dist/cli/dbtool.cjs`

/**
 * The environment without variables of the user, such as DB_… and NODE_…: NODE_EXTRA_CA_CERTS alone adds 120 ms to a
 * start.
 */
export function cleanEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME }
}

/** Runs a program to its end; an interrupt kills it. Rejects if it cannot be started. */
export function runChild(
  command: string,
  args: readonly string[],
  { env = {}, signal, cwd, into }: Child,
): Promise<Ended> {
  const sink = into === undefined ? 'pipe' : openSync(into, 'w')
  const started = performance.now()
  const child = spawn(command, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    signal,
    killSignal: 'SIGKILL',
    stdio: ['ignore', sink, 'pipe', 'pipe'],
  })
  const [stdout, stderr, peak] = child.stdio.slice(1).map(textOf)
  return new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    let seconds = 0
    child.once('exit', () => (seconds = (performance.now() - started) / 1_000))
    child.once('close', (exitCode) => {
      const kilobytes = Number(peak?.() ?? 0)
      resolve({
        exitCode,
        stdout: stdout?.() ?? '',
        stderr: stderr?.() ?? '',
        seconds,
        peakMegabytes: kilobytes === 0 ? undefined : kilobytes / 1_024,
      })
    })
  }).finally(() => typeof sink === 'number' && closeSync(sink))
}

/** Reads a stream to its end. The returned function gives the text afterwards. */
function textOf(stream: Readable | Writable | null | undefined): () => string {
  const chunks: string[] = []
  stream?.on('data', (chunk) => chunks.push(String(chunk)))
  return () => chunks.join('')
}

/** A module that makes Node write its peak memory, in kilobytes, to descriptor 3 at exit. */
const reportPeakSource = `import { writeSync } from 'node:fs'
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))`
const reportPeak = `data:text/javascript,${encodeURIComponent(reportPeakSource)}`

/**
 * Runs the compiled tool, or that of another build, in a new process. Rejects if its exit code is not one of
 * `expected`.
 */
export async function runDbtool(
  args: readonly string[],
  { binary = dbtoolBinary, ...child }: Child & { readonly binary?: string },
  expected: readonly number[] = [0],
): Promise<Ended> {
  const ended = await runChild(process.execPath, ['--import', reportPeak, binary, ...args], child)
  if (!expected.includes(ended.exitCode ?? -1))
    throw new Error(
      `dbtool ${args.slice(0, 2).join(' ')} ended with ${ended.exitCode ?? 'a signal'}: ${ended.stderr.trim()}`,
    )
  return ended
}
