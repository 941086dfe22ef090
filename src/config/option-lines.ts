/** One line of a my.cnf that says something. */
export type Line =
  | { readonly kind: 'option'; readonly group: string; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'include' | 'includedir'; readonly path: string }
  | { readonly kind: 'fault'; readonly number: number; readonly what: string }

/** What the lines of a my.cnf say. The first fault ends it, as it ends MariaDB's own programs. */
export function optionLines(text: string): Line[] {
  const lines: Line[] = []
  let group: string | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = trim(raw)
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const fault = (what: string): Line[] => [...lines, { kind: 'fault', number: index + 1, what }]
    if (line.startsWith('!')) {
      const [, kind, path = ''] = /^!\s*(include|includedir)(?:[ \t\v\f\r]+(.*))?$/s.exec(line) ?? []
      // Any other directive is passed over.
      if (kind === undefined) continue
      if (path === '') return fault(`!${kind} needs a path`)
      lines.push({ kind: kind === 'include' ? 'include' : 'includedir', path })
    } else if (line.startsWith('[')) {
      const end = line.indexOf(']')
      if (end === -1) return fault('a group must read [name]')
      group = line.slice(1, end).trimEnd()
    } else {
      if (group === undefined) return fault('an option stands before the first [group]')
      lines.push({ kind: 'option', group, ...optionOf(withoutComment(line)) })
    }
  }
  return lines
}

function optionOf(line: string): { name: string; value: string | undefined } {
  const equals = line.indexOf('=')
  const name = trim(equals === -1 ? line : line.slice(0, equals)).replaceAll('_', '-')
  return { name, value: equals === -1 ? undefined : unescaped(unquoted(trim(line.slice(equals + 1)))) }
}

/** Not String's own: that one takes away more than ASCII's blanks, and a password may end in one. */
function trim(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '')
}

/**
 * A # that stands in no quotes begins a comment; in quotes, and only there, a backslash keeps a quote from ending them.
 */
const beforeComment = /^(?:[^'"#]|"(?:[^"\\]|\\[^]?)*(?:"|$)|'(?:[^'\\]|\\[^]?)*(?:'|$))*/

function withoutComment(line: string): string {
  return beforeComment.exec(line)?.[0] ?? line
}

function unquoted(value: string): string {
  const first = value.charAt(0)
  return (first === '"' || first === "'") && value.length > 1 && value.endsWith(first) ? value.slice(1, -1) : value
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  s: ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

/** Of what is no escape the backslash stays, and so does one at the end. */
function unescaped(value: string): string {
  return value.replace(/\\([^])/g, (both, character: string) => escapes[character] ?? both)
}
