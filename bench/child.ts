import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** How a program ended, seen from outside. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** From its start to its end. */
  readonly seconds: number
  /** The most memory that it held at once. Undefined where it did not say. */
  readonly peakMegabytes: number | undefined
}

export interface Child {
  readonly env?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly cwd: string
  /** Where standard output goes, instead of into the answer. */
  readonly into?: string
}

/** The root of the project: the same from the sources and from what is compiled. */
export const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url))
export const dbtoolBinary = `${root}dist/cli/dbtool.cjs`

/**
 * Nothing of whoever runs the bench gets through: neither DB_… nor NODE_…, of which NODE_EXTRA_CA_CERTS alone adds 120
 * ms to a start.
 */
export function cleanEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME }
}

/** Runs a program to its end; an interrupt ends it. Rejects when it cannot be started. */
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

/** Reads a stream to its end; call it afterwards. */
function textOf(stream: Readable | Writable | null | undefined): () => string {
  const chunks: string[] = []
  stream?.on('data', (chunk) => chunks.push(String(chunk)))
  return () => chunks.join('')
}

/** Node says at its end on descriptor 3 how much memory it held at most, in kilobytes. */
const tellPeak = `data:text/javascript,${encodeURIComponent(`import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))`)}`

/** The compiled tool in a process of its own. Rejects when it ends with another code than one of `expected`. */
export async function runDbtool(
  args: readonly string[],
  child: Child,
  expected: readonly number[] = [0],
): Promise<Ended> {
  const ended = await runChild(process.execPath, ['--import', tellPeak, dbtoolBinary, ...args], child)
  if (!expected.includes(ended.exitCode ?? -1))
    throw new Error(
      `dbtool ${args.slice(0, 2).join(' ')} ended with ${ended.exitCode ?? 'a signal'}: ${ended.stderr.trim()}`,
    )
  return ended
}
