/**
 * Matches the start of a text, after any number of quotes, that a spreadsheet would run as a formula
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const formula = /^(?='*[=+\-@\t\r\n＝＋－＠])/

/**
 * Matches such starts inside of a text. Most of Europe's spreadsheets separate cells at `;`, others at a tab or `|`.
 * They read a comma and the quotes after it as text. So one of their cells or lines can begin in the middle of a text.
 */
const innerFormula = /([;|\t\r\n])(?=["']*[=+\-@＝＋－＠])/g
const escapedInnerFormula = /([;|\t\r\n])'(?=["']*[=+\-@＝＋－＠])/g

/**
 * Puts a quote in front of every formula, so that a spreadsheet shows it as text. {@link unescapeFormula} removes the
 * quotes.
 */
export function escapeFormula(text: string): string {
  return text.replace(innerFormula, "$1'").replace(formula, "'")
}

/** Restores a text that was escaped by {@link escapeFormula}. */
export function unescapeFormula(text: string): string {
  if (!text.includes("'")) return text
  const rest = text.startsWith("'") && formula.test(text) ? text.slice(1) : text
  return rest.replace(escapedInnerFormula, '$1')
}

/** A formula that is only a text: `="0123"`, by which other programs keep a spreadsheet from reading a number. */
const textFormula = /^="((?:[^"]|"")*)"$/

/** Reads a cell as a spreadsheet shows it: without the quote of {@link escapeFormula}, and a formula as its text. */
export function readCell(cell: string): string {
  const [, text] = cell.startsWith('="') ? (textFormula.exec(cell) ?? []) : []
  return text === undefined ? unescapeFormula(cell) : text.replaceAll('""', '"')
}
