import type { Value } from '../db/queries.ts'

/** A piece of SQL and the values that it binds. */
export class Sql {
  constructor(
    readonly text: string,
    readonly values: readonly Value[],
  ) {}
}

/** A tagged template for SQL: a value in `${}` is bound, a piece of SQL is inserted. */
export function sql(texts: TemplateStringsArray, ...parts: readonly (Sql | Value)[]): Sql {
  const pieces = parts.map((part) => (part instanceof Sql ? part : new Sql('?', [part])))
  return new Sql(
    texts.map((text, index) => `${text}${pieces[index]?.text ?? ''}`).join(''),
    pieces.flatMap(({ values }) => values),
  )
}
