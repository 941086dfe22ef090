/** One line of SHOW GRANTS about tables. */
export interface Grant {
  /** A user or a role. */
  readonly grantee: string
  /**
   * As the server writes them: `SELECT`, `ALL PRIVILEGES`. Those on single columns are left out: they do not let a
   * whole row through.
   */
  readonly privileges: readonly string[]
  /** `*`, or a pattern as LIKE has it where `table` is `*`, or a name. */
  readonly database: string
  readonly table: string
}

/** What an account may do, with its active roles and PUBLIC. */
export interface Holdings {
  readonly grants: readonly Grant[]
  /** Granted to it, but not active: their privileges do not count. */
  readonly idleRoles: readonly string[]
}

/**
 * Reads `SHOW GRANTS`, which lists the account's own grants, and those of its active roles and of PUBLIC, each with its
 * grantee.
 */
export function readGrants(lines: readonly string[]): Holdings {
  const parsed = lines.map(tokensOf).filter(([first]) => isWord(first, 'GRANT'))
  const roles = parsed.flatMap(([, name, to]) => (isWord(to, 'TO') && name !== undefined ? [name.text] : []))
  // Even a role without any privilege is listed with USAGE, if it is active.
  const grantees = new Set(parsed.flatMap((tokens) => (hasObject(tokens) ? [granteeOf(tokens)] : [])))
  return { grants: parsed.flatMap(grantOf), idleRoles: roles.filter((role) => !grantees.has(role)) }
}

interface Token {
  readonly text: string
  /** A name in backticks or a text in quotes: never a keyword. */
  readonly quoted: boolean
}

const token = /`((?:[^`]|``)*)`|'((?:[^'\\]|\\.|'')*)'|([\w$]+)|([^\s])/gs

function tokensOf(line: string): Token[] {
  return Array.from(line.matchAll(token), ([, name, text, word, mark]) => {
    if (name !== undefined) return { text: name.replaceAll('``', '`'), quoted: true }
    return { text: text ?? word ?? mark ?? '', quoted: text !== undefined }
  })
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.quoted === false && token.text.toUpperCase() === word
}

const at = (tokens: readonly Token[], word: string): number => tokens.findIndex((one) => isWord(one, word))
const hasObject = (tokens: readonly Token[]): boolean => at(tokens, 'ON') !== -1
const granteeOf = (tokens: readonly Token[]): string => tokens[at(tokens, 'TO') + 1]?.text ?? ''

/**
 * GRANT privileges ON database.table TO … [WITH GRANT OPTION]; of other objects (PROCEDURE, an account to PROXY)
 * nothing.
 */
function grantOf(tokens: readonly Token[]): Grant[] {
  const on = at(tokens, 'ON')
  const [database, dot, table, to] = tokens.slice(on + 1)
  if (on === -1 || database === undefined || dot?.text !== '.' || table === undefined || !isWord(to, 'TO')) return []
  const tail = tokens.slice(on + 5)
  const privileges = privilegesOf(tokens.slice(1, on))
  const more = tail.some((one, index) => isWord(one, 'GRANT') && isWord(tail[index + 1], 'OPTION'))
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

/** Split at the commas that are in no parentheses; what has parentheses is about columns. */
function privilegesOf(tokens: readonly Token[]): string[] {
  const texts = tokens.map(({ text, quoted }) => (quoted ? '`' : text)).join(' ')
  return texts
    .split(/,(?![^(]*\))/)
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.includes('('))
}
