import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Line } from './delaying-proxy.ts'

/** A server behind a slow network. */
export interface FarServer {
  /** The port on 127.0.0.1. */
  readonly port: number
  commands(): Promise<number>
}

/** Calls `work` with a proxy in a separate process, so that it takes no time from the event loop under measurement. */
export async function withFarServer<T>(line: Line, work: (server: FarServer) => Promise<T>): Promise<T> {
  const child = fork(fileURLToPath(new URL('./process.js', import.meta.url)), [JSON.stringify(line)], { env: {} })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the proxy has ended')))
  ended.catch(() => undefined)
  // There is only one question at a time.
  const answer = (): Promise<number> => Promise.race([firstNumber(child), ended])
  try {
    const port = await answer()
    const commands = (): Promise<number> => {
      child.send('how many?')
      return answer()
    }
    return await work({ port, commands })
  } finally {
    child.kill('SIGKILL')
  }
}

function firstNumber(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => child.once('message', (count) => resolve(Number(count))))
}
