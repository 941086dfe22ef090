const slips = 2

/** What was probably meant: the nearest of the names, if it is only a slip or two away; in a short one, a slip. */
export function near(name: string, known: readonly string[]): string | undefined {
  const allowed = Math.min(slips, Math.floor(name.length / 2) - 1)
  const distances = known.map((candidate) => [candidate, sorted(name) === sorted(candidate) ? 1 : distance(name, candidate)] as const)
  const [nearest] = distances.filter(([, away]) => away <= allowed).sort(([, one], [, other]) => one - other)
  return nearest?.[0]
}

/** The same letters in another order are one slip. */
function sorted(text: string): string {
  return Array.from(text).sort().join('')
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1]
    for (const [at, same] of Array.from(other).entries()) {
      next.push(Math.min((row[at] ?? 0) + (letter === same ? 0 : 1), (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
