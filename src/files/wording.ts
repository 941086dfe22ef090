import { DbtoolError } from '../errors.ts'

const longestQuote = 60
const longestList = 20

/** A structure fault: the file cannot be used as it is. `line` is 1-based; without it the fault is the whole file's. */
export function badFile(name: string, line: number | undefined, what: string, hint: string): DbtoolError {
  return new DbtoolError('BAD_INPUT', `${place(name, line)}: ${what}`, { hint })
}

export function place(name: string, line: number | undefined): string {
  return line === undefined ? name : `${name} line ${line}`
}

/** Text of a file inside a sentence: cut short, control characters escaped, so that no file can write to the terminal. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text)
}

/** Names of columns inside a sentence; a header of a thousand columns does not become a page. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, longestList).map(quoted).join(', ')
  return names.length > longestList ? `${shown} and ${names.length - longestList} more` : shown
}

/** The word of `candidates` that `word` most probably stands for, or undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word)
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of candidates.slice(0, 1000)) {
    const other = plain(name)
    if (other === '' || Math.abs(other.length - wanted.length) > limit) continue
    const distance = editDistance(wanted, other)
    if (distance <= limit && distance < (best?.distance ?? Infinity)) best = { name, distance }
  }
  return best?.name
}

/** "Invoice No", "invoice_no" and "InvoiceNo" are the same word to a person. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
