/**
 * Matches a text that a spreadsheet would run as a formula when it opens a CSV file, after any number of quotes
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/

/**
 * Puts a quote in front of a formula, so that a spreadsheet shows it as text. {@link unescapeFormula} removes the
 * quote.
 */
export function escapeFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text
}

/** Restores a text that was escaped by {@link escapeFormula}. */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text
}
