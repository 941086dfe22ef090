import { parentPort, workerData } from 'node:worker_threads'
import { DbtoolError, messageOf } from '../errors.ts'
import { withGenerator } from './run.ts'
import type { ThreadCommand, ThreadTask, ThreadMessage } from './threads.ts'

// A thread of its own: puts its part of a load when it is told to, and says what it has measured.
const { job, part } = workerData as ThreadTask
const stop = new AbortController()
const say = (word: ThreadMessage): void => parentPort?.postMessage(word)
const commanded = new Promise<void>((resolve) => {
  parentPort?.on('message', (order: ThreadCommand) => {
    if (order === 'stop') stop.abort('SIGINT')
    resolve()
  })
})

async function work(): Promise<void> {
  try {
    await withGenerator(job, part, stop.signal, async (generator) => {
      await generator.prepare()
      say({ kind: 'ready' })
      await commanded
      say({ kind: 'measured', measurement: await generator.run((live) => say({ kind: 'live', live })) })
    })
  } catch (error) {
    say({
      kind: 'failed',
      code: error instanceof DbtoolError ? error.code : 'UNEXPECTED',
      message: messageOf(error),
      hint: error instanceof DbtoolError ? error.hint : undefined,
    })
  }
  parentPort?.close()
}

void work()
