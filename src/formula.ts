/**
 * A text that a spreadsheet would run when it opens a CSV file, however many quotes stand before it already
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const runs = /^'*[=+\-@\t\r\n＝＋－＠]/

/** With a quote before it a spreadsheet shows such a text; {@link unguarded} takes it off again. */
export function guarded(text: string): string {
  return runs.test(text) ? `'${text}` : text
}

/** What {@link guarded} made of it, as it was. */
export function unguarded(text: string): string {
  return text.startsWith("'") && runs.test(text) ? text.slice(1) : text
}
