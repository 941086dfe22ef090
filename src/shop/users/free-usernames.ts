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

/** The users who want the same name, and the number from which it may be free. */
interface Search {
  readonly username: string
  readonly indexes: number[]
  from: number
}

/** Higher numbers are searched, and not tried one after the other. */
const nearNumbers = 20

/**
 * Resolves to a free username for each of the wanted ones: itself, or a free one with a number. None of them is given
 * twice, and none is `reserved`.
 */
export async function freeUsernames(
  queries: Queries,
  wanted: readonly string[],
  reserved: readonly string[] = [],
): Promise<string[]> {
  const given = [...wanted]
  const used = new Set<string>(reserved)
  let pending = searchesFor(wanted)
  for (let least = 1; pending.length > 0; least = nearNumbers) {
    for (const search of pending)
      if (search.from > nearNumbers) search.from = await freeNumber(queries, search.username, search.from)
    const names = new Map(pending.map((search) => [search, candidates(search, least)]))
    for (const name of await existing(queries, [...names.values()].flat())) used.add(name)
    for (const [{ indexes }, some] of names) give(some, used, indexes, given)
    for (const [search, some] of names) search.from += some.length
    pending = pending.filter(({ indexes }) => indexes.length > 0)
  }
  return given
}

function searchesFor(wanted: readonly string[]): Search[] {
  const searches = new Map<string, Search>()
  for (const [index, username] of wanted.entries()) {
    const search = searches.get(username)
    if (search === undefined) searches.set(username, { username, indexes: [index], from: 1 })
    else search.indexes.push(index)
  }
  return [...searches.values()]
}

const candidates = ({ username, indexes, from }: Search, least: number): string[] =>
  Array.from({ length: Math.max(least, indexes.length) }, (_, offset) => candidate(username, from + offset))

/** Gives the names that are not used to the first of the users, who are no longer among `indexes`. */
function give(names: readonly string[], used: Set<string>, indexes: number[], given: string[]): void {
  for (const name of names) {
    if (used.has(name)) continue
    const index = indexes.shift()
    if (index === undefined) return
    given[index] = name
    used.add(name)
  }
}

/**
 * A number with which the name is free. Numbers are given in ascending order, so that a few look-ups find it among many
 * users. After a deletion, it may not be the first one.
 */
async function freeNumber(queries: Queries, username: string, from: number): Promise<number> {
  const exists = async (number: number): Promise<boolean> =>
    (await existing(queries, [candidate(username, number)])).length > 0
  let [occupied, free] = [from - 1, from]
  while (await exists(free)) [occupied, free] = [free, free * 2]
  while (free - occupied > 1) {
    const middle = Math.floor((occupied + free) / 2)
    if (await exists(middle)) occupied = middle
    else free = middle
  }
  return free
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
