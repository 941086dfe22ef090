/** Throughput at a number of connections. */
export interface Point {
  readonly n: number
  /** Iterations per second. */
  readonly throughput: number
}

/**
 * The Universal Scalability Law (Gunther, Guerrilla Capacity Planning, 2007): X(n) = λn / (1 + σ(n − 1) + κn(n − 1)).
 * `lambda` is the throughput of one connection. `sigma` is the share of work that runs one at a time (contention).
 * `kappa` is the cost of agreement between each two connections (coherency).
 */
export interface Law {
  readonly lambda: number
  readonly sigma: number
  readonly kappa: number
}

export interface Fit extends Law {
  /** The share of the variation of the throughput that the law explains; 1 is a perfect fit. */
  readonly r2: number
}

/** The throughput at `n` connections by the law, per second. */
export function throughputAt({ lambda, sigma, kappa }: Law, n: number): number {
  return (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))
}

/** The number of connections at the maximum of the law; Infinity if throughput only grows. */
export function peakOf({ sigma, kappa }: Law): number {
  return kappa === 0 ? Infinity : Math.sqrt(Math.max(0, 1 - sigma) / kappa)
}

/**
 * Fits the law to the points by least squares of relative distances; σ and κ are not negative. n / X is linear in 1/λ,
 * σ/λ and κ/λ, so the fit always has one solution. Undefined with fewer than three different numbers of connections.
 */
export function fitLaw(points: readonly Point[]): Fit | undefined {
  const sound = points.filter(({ n, throughput }) => n >= 1 && throughput > 0)
  if (new Set(sound.map(({ n }) => n)).size < 3) return undefined
  // Each row is multiplied by X/n, which makes its distance relative to the measured value.
  const rows = sound.map(({ n, throughput }) => ({
    columns: [1, n - 1, n * (n - 1)].map((value) => (value * throughput) / n),
    value: 1,
  }))
  const candidates = [[0, 1, 2], [0, 1], [0, 2], [0]]
    .map((used) => solve(rows, used))
    .filter(
      (solution): solution is number[] =>
        solution !== undefined && solution.every((value, index) => (index === 0 ? value > 0 : value >= 0)),
    )
    .map((solution) => ({
      solution,
      distance: rows.reduce((sum, { columns, value }) => sum + (value - dot(columns, solution)) ** 2, 0),
    }))
  const best = candidates.reduce<(typeof candidates)[number] | undefined>(
    (a, b) => (a === undefined || b.distance < a.distance ? b : a),
    undefined,
  )
  if (best === undefined) return undefined
  const [inverse = 1, contention = 0, coherency = 0] = best.solution
  const law = { lambda: 1 / inverse, sigma: contention / inverse, kappa: coherency / inverse }
  return { ...law, r2: explained(law, sound) }
}

interface Row {
  readonly columns: readonly number[]
  readonly value: number
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)

/**
 * Least squares over the columns `used`, by the normal equations; the other coefficients are zero. Undefined if the
 * equations have no unique solution.
 */
function solve(rows: readonly Row[], used: readonly number[]): number[] | undefined {
  const column = (row: Row, index: number): number => row.columns[used[index] ?? 0] ?? 0
  const matrix = used.map((_, i) => [
    ...used.map((_other, j) => rows.reduce((sum, row) => sum + column(row, i) * column(row, j), 0)),
    rows.reduce((sum, row) => sum + column(row, i) * row.value, 0),
  ])
  const found = gauss(matrix)
  if (found === undefined) return undefined
  const solution = [0, 0, 0]
  used.forEach((place, index) => (solution[place] = found[index] ?? 0))
  return solution
}

/** Gaussian elimination with partial pivoting of an augmented matrix. */
function gauss(matrix: number[][]): number[] | undefined {
  const size = matrix.length
  for (let i = 0; i < size; i += 1) {
    const pivot = matrix.slice(i).reduce((best, row) => (Math.abs(row[i] ?? 0) > Math.abs(best[i] ?? 0) ? row : best))
    if (Math.abs(pivot[i] ?? 0) < 1e-12) return undefined
    matrix.splice(matrix.indexOf(pivot), 1)
    matrix.splice(i, 0, pivot)
    for (const [j, row] of matrix.entries()) {
      if (j === i) continue
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1)
      for (let k = i; k <= size; k += 1) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0)
    }
  }
  return matrix.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1))
}

function explained(law: Law, points: readonly Point[]): number {
  const mean = points.reduce((sum, { throughput }) => sum + throughput, 0) / points.length
  const total = points.reduce((sum, { throughput }) => sum + (throughput - mean) ** 2, 0)
  const left = points.reduce((sum, { n, throughput }) => sum + (throughput - throughputAt(law, n)) ** 2, 0)
  return total === 0 ? 1 : Math.max(0, 1 - left / total)
}
