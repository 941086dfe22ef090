import { setMaxListeners } from 'node:events'

/**
 * Calls `listener` when `signal` is aborted, unless the returned function was called before. The signal of a whole
 * service may have a listener for each running statement. Node would report more than ten of them as a leak.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => undefined
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

/** Settles as `work` does, or rejects with the reason of the signal as soon as it aborts; `work` is then abandoned. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work
  let stopListening = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stopListening = onAbort(signal, () => reject(signal.reason as Error))
  })
  return Promise.race([work, aborted]).finally(() => stopListening())
}
