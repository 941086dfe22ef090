/** A transaction of a domain, such as `0-1-100`. */
interface Gtid {
  readonly text: string
  readonly number: bigint
}

/** The last transaction of each domain in some positions. A position is a list such as `0-1-100,1-2-5`. */
function lastOf(positions: readonly string[]): Map<string, Gtid> {
  const last = new Map<string, Gtid>()
  for (const text of positions.flatMap((position) => position.split(','))) {
    const [, domain, digits = '0'] = /^(\d+)-\d+-(\d+)$/.exec(text) ?? []
    const number = BigInt(digits)
    if (domain !== undefined && number >= (last.get(domain)?.number ?? 0n)) last.set(domain, { text, number })
  }
  return last
}

/** One position after all of these; undefined without any. */
export function latestOf(positions: readonly string[]): string | undefined {
  const last = lastOf(positions)
  return last.size === 0 ? undefined : [...last.values()].map(({ text }) => text).join(',')
}

/** Whether one position has a transaction that the other one lacks. */
export function isAhead(position: string, of: string): boolean {
  const last = lastOf([of])
  return [...lastOf([position])].some(([domain, { number }]) => number > (last.get(domain)?.number ?? 0n))
}
