/** Yields the same items, but prepares the next one while the current one is in use. */
export async function* oneAhead<T>(items: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  try {
    for (let next = items.next(); ;) {
      const { value, done } = await next
      if (done === true) return
      next = items.next()
      // The failure is thrown when the item is awaited; until then the promise has no handler.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    await items.return()
  }
}
