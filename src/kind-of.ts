/** Whether a value is an object of JSON, and no list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Names the kind of a value that untyped code passed, for a message. Texts and lists may hold a secret in a place where
 * nobody expects one, so their contents are not shown.
 */
export function kindOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (value === undefined) return 'undefined'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'object' ? kindOfObject(value) : `a ${typeof value}`
}

function kindOfObject(value: object): string {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (value instanceof Promise) return 'a promise'
  if (value instanceof Uint8Array) return 'bytes'
  return value instanceof URL ? 'a URL object' : 'an object'
}

const longestQuote = 40

/** Quotes a value that is no secret, such as a number of milliseconds, or names its kind. */
export function quotedOrKind(value: unknown): string {
  const isShort = typeof value === 'string' && value.length <= longestQuote
  return isShort || typeof value === 'number' ? `'${value}'` : kindOf(value)
}
