import type { Value } from '../db/queries.ts'

/** A piece of SQL and the values that it binds. */
export class Sql {
  constructor(
    readonly text: string,
    readonly values: readonly Value[],
  ) {}
}

/** SQL as it reads: what stands in `${}` is bound, unless it is a piece of SQL itself. */
export function sql(texts: TemplateStringsArray, ...parts: readonly (Sql | Value)[]): Sql {
  const pieces = parts.map((part) => (part instanceof Sql ? part : new Sql('?', [part])))
  return new Sql(
    texts.map((text, index) => `${text}${pieces[index]?.text ?? ''}`).join(''),
    pieces.flatMap(({ values }) => values),
  )
}
