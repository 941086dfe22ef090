import { type JSONVisitor, printParseErrorCode, visit } from 'jsonc-parser'

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

const badNumber = 'not a number of JSON'
const comment = 'JSON has no comments'

/** By the names of jsonc-parser. */
const reasons: Readonly<Record<string, string>> = {
  InvalidSymbol: 'unknown word; keys and texts need double quotes',
  InvalidNumberFormat: badNumber,
  UnexpectedEndOfNumber: badNumber,
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected a colon',
  CommaExpected: 'expected a comma',
  CloseBraceExpected: 'expected a comma or }',
  CloseBracketExpected: 'expected a comma or ]',
  EndOfFileExpected: 'unexpected text after the end of the JSON',
  InvalidCommentToken: comment,
  UnexpectedEndOfComment: comment,
  UnexpectedEndOfString: 'a text has no closing quote on its line',
  InvalidUnicode: '\\u needs four hexadecimal digits',
  InvalidEscapeCharacter: String.raw`unknown escape; a backslash is written as \\`,
  InvalidCharacter: String.raw`a control character in a text, such as a tab; it is written as \t`,
}

/** Thrown to end the visit at the first fault. */
class FirstFault extends Error {
  constructor(readonly fault: JsonFault) {
    super(fault.why)
  }
}

/** The first fault of a JSON text. A duplicate key is a fault too, because its first value would be lost silently. */
export function jsonFault(text: string): JsonFault | undefined {
  const keysOfObjects: Set<string>[] = []
  const fault = (line: number, column: number, why: string): never => {
    throw new FirstFault({ line: line + 1, column: column + 1, why })
  }
  const visitor: JSONVisitor = {
    onError: (error, offset, ...[, line, column]) =>
      fault(line, column, offset === text.length ? 'unexpected end of the file' : reasonOf(printParseErrorCode(error))),
    onObjectBegin: () => void keysOfObjects.push(new Set()),
    onObjectEnd: () => void keysOfObjects.pop(),
    onObjectProperty: (key, ...[, , line, column]) => {
      const keys = keysOfObjects.at(-1)
      if (keys?.has(key) === true) fault(line, column, `duplicate key ${JSON.stringify(key)}`)
      keys?.add(key)
    },
  }
  try {
    visit(text, visitor, { disallowComments: true })
    return undefined
  } catch (error) {
    if (error instanceof FirstFault) return error.fault
    throw error
  }
}

const reasonOf = (name: string): string => reasons[name] ?? 'not JSON'
