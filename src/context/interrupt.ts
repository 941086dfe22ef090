/** What `work` comes to, unless the signal is first: then it rejects with its reason at once, and `work` is left to itself. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const settled = new AbortController()
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop, { signal: settled.signal })
    if (signal.aborted) stop()
  })
  return Promise.race([work, aborted]).finally(() => settled.abort())
}
