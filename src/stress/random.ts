/** A source of random numbers from 0 (included) to 1 (excluded). */
export type Random = () => number

/** A seeded generator (Park and Miller's minimal standard), so that the same measurement gives the same advice. */
export function seededRandom(seed = 20_261_124): Random {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** A standard normal value (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
