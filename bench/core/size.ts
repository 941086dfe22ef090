/** The amount of work of a run. Times in seconds. */
export interface Size {
  readonly name: 'full' | 'quick'
  readonly rounds: number
  /** Duration of one trial of a load. */
  readonly seconds: number
  /** Orders before such a trial, which compile the code of a new process. */
  readonly warmUpOrders: number
  /** Duration of one trial of the orders matrix. */
  readonly cellSeconds: number
  readonly roundTripsMs: readonly number[]
  readonly linesOfOrders: readonly number[]
  readonly connections: readonly number[]
  /** Number of lines to read from the file of orders; Infinity for all. */
  readonly importLines: number
  readonly bulkRows: number
  /** Numbers of users and products of the exported shop, and of the order lines of this and of the checked one. */
  readonly exportRows: number
  /** Orders that change their status in one call. */
  readonly ordersAtOnce: number
  /** Numbers of order lines, each ten times the one before. */
  readonly reportLines: readonly number[]
  /** Fewer rounds than elsewhere, because reports over ten million lines take minutes. */
  readonly reportRounds: number
  readonly starts: number
}

export const full: Size = {
  name: 'full',
  rounds: 5,
  seconds: 5,
  warmUpOrders: 5_000,
  cellSeconds: 2,
  roundTripsMs: [0, 5],
  linesOfOrders: [1, 3, 20, 100, 1_000],
  connections: [1, 4, 16, 64],
  importLines: Infinity,
  bulkRows: 1_000_000,
  exportRows: 1_000_000,
  ordersAtOnce: 1_000,
  reportLines: [100_000, 1_000_000, 10_000_000],
  reportRounds: 3,
  starts: 41,
}

/** Checks that everything works. Its trials are too short for meaningful figures. */
export const quick: Size = {
  ...full,
  name: 'quick',
  rounds: 3,
  seconds: 0.5,
  warmUpOrders: 20,
  cellSeconds: 0.15,
  linesOfOrders: [1, 3, 20, 100],
  connections: [1, 16],
  importLines: 4_000,
  bulkRows: 100_000,
  exportRows: 20_000,
  ordersAtOnce: 200,
  reportLines: [100_000, 1_000_000],
  starts: 5,
}
