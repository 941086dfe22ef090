/**
 * What `work` comes to, unless the signal comes meanwhile: then it rejects with its reason at once, and `work` is left
 * to itself.
 */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const settled = new AbortController()
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: settled.signal })
  })
  return Promise.race([work, aborted]).finally(() => settled.abort())
}
