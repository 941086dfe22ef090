/** What one of several threads has of a load: the `index`-th of so many parts, from zero. */
export interface Shard {
  readonly index: number
  readonly of: number
}

export const singleShard: Shard = { index: 0, of: 1 }

/** How many of `total` things a part has: all parts together have all of them, and none more than one above another. */
export const shardSize = (total: number, { index, of }: Shard): number =>
  Math.floor(total / of) + (index < total % of ? 1 : 0)
