/** A line of SHOW GRANTS about tables. */
export interface Grant {
  /** A user or a role. */
  readonly grantee: string
  /**
   * The privileges in the server's notation, such as `SELECT` or `ALL PRIVILEGES`. Privileges on single columns are
   * omitted, because they do not allow access to a complete row.
   */
  readonly privileges: readonly string[]
  /** `*`, a LIKE pattern if `table` is `*`, or a name. */
  readonly database: string
  readonly table: string
}

/** The grants of an account, of its active roles and of PUBLIC. */
export interface AccountGrants {
  readonly grants: readonly Grant[]
  /** The roles that are granted but not active: their privileges do not apply. */
  readonly idleRoles: readonly string[]
}

/**
 * Reads `SHOW GRANTS`, which lists the account's own grants, and those of its active roles and of PUBLIC, each with its
 * grantee.
 */
export function readGrants(lines: readonly string[]): AccountGrants {
  const parsed = lines.map(tokensOf).filter(([first]) => isWord(first, 'GRANT'))
  const roles = parsed.flatMap(([, name, to]) => (isWord(to, 'TO') && name !== undefined ? [name.text] : []))
  // An active role is always listed, even without privileges: then with USAGE.
  const grantees = new Set(parsed.flatMap((tokens) => (hasObject(tokens) ? [granteeOf(tokens)] : [])))
  return { grants: parsed.flatMap(grantOf), idleRoles: roles.filter((role) => !grantees.has(role)) }
}

interface Token {
  readonly text: string
  /** A name in backticks or a text in quotes: never a keyword. */
  readonly quoted: boolean
}

const tokenPattern = /`((?:[^`]|``)*)(?:`|$)|'((?:[^'\\]|\\.|'')*)(?:'|\\?$)|([\w$]+)|([^\s])/gs

function tokensOf(line: string): Token[] {
  return Array.from(line.matchAll(tokenPattern), ([, name, text, word, mark]) => {
    if (name !== undefined) return { text: name.replaceAll('``', '`'), quoted: true }
    return { text: text ?? word ?? mark ?? '', quoted: text !== undefined }
  })
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.quoted === false && token.text.toUpperCase() === word
}

const at = (tokens: readonly Token[], word: string): number => tokens.findIndex((token) => isWord(token, word))
const hasObject = (tokens: readonly Token[]): boolean => at(tokens, 'ON') !== -1
const granteeOf = (tokens: readonly Token[]): string => tokens[at(tokens, 'TO') + 1]?.text ?? ''

/**
 * Parses `GRANT privileges ON database.table TO … [WITH GRANT OPTION]`. Grants on other objects (PROCEDURE, or PROXY
 * for an account) are ignored.
 */
function grantOf(tokens: readonly Token[]): Grant[] {
  const on = at(tokens, 'ON')
  const [database, dot, table, to] = tokens.slice(on + 1)
  if (on === -1 || database === undefined || dot?.text !== '.' || table === undefined || !isWord(to, 'TO')) return []
  const tail = tokens.slice(on + 5)
  const privileges = privilegesOf(tokens.slice(1, on))
  const more = tail.some((token, index) => isWord(token, 'GRANT') && isWord(tail[index + 1], 'OPTION'))
    ? ['GRANT OPTION']
    : []
  return [
    {
      grantee: granteeOf(tokens),
      privileges: [...privileges.filter((name) => name !== 'USAGE'), ...more],
      database: database.text,
      table: table.text,
    },
  ]
}

/** Splits a list of privileges at commas outside parentheses. Privileges on columns, with parentheses, are omitted. */
function privilegesOf(tokens: readonly Token[]): string[] {
  const texts = tokens.map(({ text, quoted }) => (quoted ? '`' : text)).join(' ')
  return splitOutsideParentheses(texts)
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.includes('('))
}

/** Parentheses are not nested there. */
function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = []
  let start = 0
  let isInside = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '(' || character === ')') isInside = character === '('
    if (character !== ',' || isInside) continue
    parts.push(text.slice(start, at))
    start = at + 1
  }
  return [...parts, text.slice(start)]
}
