/** Names whose values dbtool reads; others in the same file belong to other programs. */
const ofDbtool = /^(?:DB_|DBTOOL_)/

/** The name of an assignment and what separates its value, as dotenv parses them. */
const nameAndSeparator = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/
const quotedValue = /^(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)/
const onlyComment = /^\s*(?:#|$)/

/**
 * One sentence for each value of an env file that dotenv changes in silence. It cuts `abc#def`, and turns the \n of
 * "a\nb" into a line break. No sentence contains a value, which may be a password.
 */
export function changedValues(
  file: string,
  assignments: readonly string[],
  texts: Readonly<Record<string, string>>,
): string[] {
  const cut = assignments.flatMap((text) => {
    const name = nameAndSeparator.exec(text)?.[1] ?? ''
    return ofDbtool.test(name) && isCut(text) ? [cutSentence(`${name} (${file})`, name, quoteFor(text))] : []
  })
  const broken = Object.entries(texts).flatMap(([name, text]) =>
    ofDbtool.test(name) && /[\r\n]/.test(text)
      ? [`${name} (${file}) contains a line break, as \\n in double quotes does; use single quotes`]
      : [],
  )
  return [...new Set(cut), ...broken]
}

/** Whether a # ends the value of an assignment without a space before it. */
function isCut(text: string): boolean {
  const value = nameAndSeparator.exec(text)?.[0].length ?? 0
  const start = text.length - text.slice(value).trimStart().length
  const quoted = quotedValue.exec(text.slice(start))?.[0].length ?? 0
  const end = onlyComment.test(text.slice(start + quoted)) ? start + quoted : start
  const comment = text.indexOf('#', end)
  return comment !== -1 && isGlued(text, text.slice(comment))
}

/** Whether a comment follows the value without a space: its # may be meant as a part of the value. */
export function isGlued(line: string, comment: string): boolean {
  return comment !== '' && !/\s$/.test(line.slice(0, line.length - comment.length))
}

/** The sentence for a value that ends at a #. `what` names it, and `name` is its name in the file. */
export function cutSentence(what: string, name: string, quote: string): string {
  return (
    `${what} ends at a # outside quotes; ` +
    `write ${name}=${quote}…${quote} to keep the whole value, or put a space before the comment`
  )
}

/** A quotation mark that the line does not contain. Double ones come last, because \n has a meaning between them. */
function quoteFor(line: string): string {
  return ["'", '`', '"'].find((mark) => !line.includes(mark)) ?? "'"
}
