/**
 * A text that a spreadsheet would run when it opens a CSV file, however many quotes stand before it already
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const runs = /^'*[=+\-@\t\r\n＝＋－＠]/

/** With a quote before it a spreadsheet shows such a text; {@link unescapeFormula} takes it off again. */
export function escapeFormula(text: string): string {
  return runs.test(text) ? `'${text}` : text
}

/** What {@link escapeFormula} made of it, as it was. */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") && runs.test(text) ? text.slice(1) : text
}
