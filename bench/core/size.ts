/** How long and how much a run measures; times in seconds. */
export interface Size {
  readonly name: 'full' | 'quick'
  readonly rounds: number
  /** Of one trial of a load. */
  readonly seconds: number
  /** Of one trial of the orders matrix. */
  readonly cellSeconds: number
  readonly roundTripsMs: readonly number[]
  readonly linesOfOrders: readonly number[]
  readonly connections: readonly number[]
  /** Lines of the file of orders: its beginning, or all of it. */
  readonly importLines: number
  readonly bulkRows: number
  /** Order lines, each ten times the one before. */
  readonly reportLines: readonly number[]
  /** Fewer than of the others, since reports over ten million lines take minutes. */
  readonly reportRounds: number
  readonly starts: number
}

export const full: Size = {
  name: 'full',
  rounds: 5,
  seconds: 5,
  cellSeconds: 2,
  roundTripsMs: [0, 5],
  linesOfOrders: [1, 3, 20, 100, 1_000],
  connections: [1, 4, 16, 64],
  importLines: Infinity,
  bulkRows: 1_000_000,
  reportLines: [100_000, 1_000_000, 10_000_000],
  reportRounds: 3,
  starts: 41,
}

/** Shows that everything works. Its figures are too short to be told to anybody. */
export const quick: Size = {
  ...full,
  name: 'quick',
  rounds: 3,
  seconds: 0.5,
  cellSeconds: 0.15,
  linesOfOrders: [1, 3, 20, 100],
  connections: [1, 16],
  importLines: 4_000,
  bulkRows: 100_000,
  reportLines: [100_000, 1_000_000],
  starts: 5,
}
