/**
 * The position and cause of a syntax error. Node's own messages omit the position of some errors. For others they quote
 * a piece of the text, which may be a password.
 */
export interface JsonFault {
  /** Line and column start at 1. */
  readonly line: number
  readonly column: number
  readonly why: string
}

/** The first fault of a JSON text. A duplicate key is a fault too, because its first value would be lost silently. */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    const end = value(text, skip(text, 0))
    if (end < text.length) throw new Fault(end, 'unexpected text after the end of the JSON')
    return undefined
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const before = text.slice(0, error.at).split('\n')
    return {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      why: error.at === text.length ? 'unexpected end of the file' : error.message,
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

/** Each parser returns the position after its value and the white space that follows. */
function value(text: string, at: number): number {
  if (text[at] === '{') return list(text, at, '}', member)
  if (text[at] === '[') return list(text, at, ']', value)
  return skip(text, token(text, at, string) ?? token(text, at, word) ?? fail(at, 'expected a value'))
}

function list(
  text: string,
  open: number,
  close: string,
  parseItem: (text: string, at: number, keys: Set<string>) => number,
): number {
  const keys = new Set<string>()
  let at = skip(text, open + 1)
  if (text[at] === close) return skip(text, at + 1)
  for (;;) {
    at = parseItem(text, at, keys)
    if (text[at] === close) return skip(text, at + 1)
    if (text[at] !== ',') fail(at, `expected a comma or ${close}`)
    at = skip(text, at + 1)
  }
}

function member(text: string, at: number, keys: Set<string>): number {
  const end = token(text, at, string) ?? fail(at, 'expected a key in double quotes')
  const key = text.slice(at, end)
  if (keys.has(key)) fail(at, `duplicate key ${key}`)
  keys.add(key)
  const colon = skip(text, end)
  if (text[colon] !== ':') fail(colon, 'expected a colon')
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
