import type { Queries } from '../../db/queries.ts'

const longestUsername = 50

/** A valid username from the part of an address before the @, or from any other name. */
export function usernameFrom(text: string): string {
  const letters = text
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, longestUsername)
  return letters.length >= 3 ? letters : `user_${letters}`
}

/** The candidates with these numbers: `kim`, `kim_2`, `kim_3`. */
const candidate = (username: string, number: number): string => {
  const suffix = number === 1 ? '' : `_${number}`
  return `${username.slice(0, longestUsername - suffix.length)}${suffix}`
}

/**
 * Resolves to a free username for each of the wanted ones: itself, or the first free one with a number. None of them is
 * given twice, and none is `reserved`.
 */
export async function freeUsernames(
  queries: Queries,
  wanted: readonly string[],
  reserved: readonly string[] = [],
): Promise<string[]> {
  const given = new Map<number, string>()
  const used = new Set<string>(reserved)
  let pending = wanted.map((username, index) => ({ username, index }))
  for (let [from, to] = [1, 1]; pending.length > 0; [from, to] = [to + 1, to * 20]) {
    const numbers = Array.from({ length: to - from + 1 }, (_, offset) => from + offset)
    const names = pending.flatMap(({ username }) => numbers.map((number) => candidate(username, number)))
    for (const name of await existing(queries, [...new Set(names)])) used.add(name)
    pending = pending.filter(({ username, index }) => {
      const free = numbers.map((number) => candidate(username, number)).find((name) => !used.has(name))
      if (free === undefined) return true
      used.add(free)
      given.set(index, free)
      return false
    })
  }
  return wanted.map((_, index) => given.get(index) ?? '')
}

/** MariaDB converts an IN list of 1,000 values or more into a join, which is slower. */
const namesAtOnce = 900

async function existing(queries: Queries, usernames: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (let first = 0; first < usernames.length; first += namesAtOnce) {
    const some = usernames.slice(first, first + namesAtOnce)
    const rows = await queries.rawRows<{ username: string }>(
      `SELECT LOWER(username) AS username FROM users WHERE username IN (${some.map(() => '?').join(', ')})`,
      some,
    )
    found.push(...rows.map(({ username }) => username))
  }
  return found
}
