/**
 * Where a text stops being JSON, and why, if that is known. Node's own message has no place for some faults, and a
 * piece of the text, which may be a password, for others.
 */
export interface JsonFault {
  /** Both from 1. */
  readonly line: number
  readonly column: number
  readonly why: string
}

/**
 * The first fault of a JSON text; a key that is given twice is one, as the first value would be lost without a word.
 */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    const end = value(text, skip(text, 0))
    if (end < text.length) throw new Fault(end, 'the text should have ended before')
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const before = text.slice(0, error.at).split('\n')
    return {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      why: error.at === text.length ? 'the text ends too early' : error.message,
    }
  }
}

class Fault extends Error {
  constructor(
    readonly at: number,
    why: string,
  ) {
    super(why)
  }
}

const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Each of these returns where the next thing begins. */
function value(text: string, at: number): number {
  if (text[at] === '{') return list(text, at, '}', member)
  if (text[at] === '[') return list(text, at, ']', value)
  return skip(text, token(text, at, string) ?? token(text, at, word) ?? fail(at, 'a value was expected'))
}

function list(
  text: string,
  open: number,
  close: string,
  one: (text: string, at: number, keys: Set<string>) => number,
): number {
  const keys = new Set<string>()
  let at = skip(text, open + 1)
  if (text[at] === close) return skip(text, at + 1)
  for (;;) {
    at = one(text, at, keys)
    if (text[at] === close) return skip(text, at + 1)
    if (text[at] !== ',') fail(at, `a comma or ${close} was expected`)
    at = skip(text, at + 1)
  }
}

function member(text: string, at: number, keys: Set<string>): number {
  const end = token(text, at, string) ?? fail(at, 'a key in double quotes was expected')
  const key = text.slice(at, end)
  if (keys.has(key)) fail(at, `the key ${key} is given twice`)
  keys.add(key)
  const colon = skip(text, end)
  if (text[colon] !== ':') fail(colon, 'a colon was expected')
  return value(text, skip(text, colon + 1))
}

function skip(text: string, at: number): number {
  return token(text, at, /[ \t\r\n]*/y) ?? at
}

function token(text: string, at: number, pattern: RegExp): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function fail(at: number, why: string): never {
  throw new Fault(at, why)
}
