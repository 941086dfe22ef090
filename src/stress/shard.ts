/** The part of a load that one thread runs: number `index` (from zero) of `of` shards. */
export interface Shard {
  readonly index: number
  readonly of: number
}

export const singleShard: Shard = { index: 0, of: 1 }

/** The share of `total` that a shard has. The sizes of all shards add up to `total` and differ by at most one. */
export const shardSize = (total: number, { index, of }: Shard): number =>
  Math.floor(total / of) + (index < total % of ? 1 : 0)
