import { parentPort, workerData } from 'node:worker_threads'
import { DbtoolError, messageOf } from '../errors.ts'
import { withGenerator } from './run.ts'
import type { ThreadCommand, ThreadTask, ThreadMessage } from './threads.ts'

// The main module of a thread: it runs one shard of a load when the parent commands it, and sends the measurement.
const { job, shard } = workerData as ThreadTask
const stop = new AbortController()
const send = (message: ThreadMessage): void => parentPort?.postMessage(message)
const commanded = new Promise<void>((resolve) => {
  parentPort?.on('message', (command: ThreadCommand) => {
    if (command === 'stop') stop.abort('SIGINT')
    resolve()
  })
})

async function work(): Promise<void> {
  try {
    const hooks = { signal: stop.signal, onMove: (text: string) => send({ kind: 'moved', text }) }
    await withGenerator(job, shard, hooks, async (generator) => {
      await generator.prepare()
      send({ kind: 'ready' })
      await commanded
      send({ kind: 'measured', measurement: await generator.run((live) => send({ kind: 'live', live })) })
    })
  } catch (error) {
    send({
      kind: 'failed',
      code: error instanceof DbtoolError ? error.code : 'UNEXPECTED',
      message: messageOf(error),
      hint: error instanceof DbtoolError ? error.hint : undefined,
    })
  }
  parentPort?.close()
}

void work()
