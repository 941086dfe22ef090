/**
 * The flags of V8 with which a process reads a long file. V8 lets a small heap grow to four times its live size before
 * it collects it completely. Ten months of orders would need far more memory than one. The V8 of Node 20 also optimizes
 * code before that pays in one month, and its compiler takes a core from the server. Later versions have a cheaper
 * compiler for such code, and write an error for a flag that they do not know.
 */
export function engineFlags(v8: string): readonly string[] {
  const collectEarly = '--heap-growing-percent=50'
  return Number.parseInt(v8, 10) < 12 ? [collectEarly, '--interrupt-budget=1200000'] : [collectEarly]
}
