const digits = `(SELECT 0 AS d ${Array.from({ length: 9 }, (_, n) => `UNION ALL SELECT ${n + 1}`).join(' ')})`

/** A table of the numbers 1 to 10,000 in a column `seq`, for every server: MySQL has no sequence engine. */
export const tenThousand = `(SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS seq
  FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e) AS numbers`
