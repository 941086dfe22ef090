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
