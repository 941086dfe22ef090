import { DbtoolError } from '../errors.ts'
import { quoteValue } from '../values.ts'

/** A typed reference to a user or product. */
export interface Reference<N extends string> {
  /** The kind that the reference names, such as `sku`; undefined if it names none. */
  readonly name: N | undefined
  readonly rest: string
  /** The id, if the reference may be one. */
  readonly id: number | undefined
}

/** Parses `id:7`, `sku:7` or `7`. Without a kind in front, digits may be an id or a name. */
export function parseReference<N extends string>(text: string, names: readonly ('id' | N)[]): Reference<'id' | N> {
  const colon = text.indexOf(':')
  const name = names.find((candidate) => candidate === text.slice(0, colon))
  const rest = name === undefined ? text : text.slice(colon + 1)
  const mayBeId = (name === undefined || name === 'id') && /^\d{1,10}$/.test(rest)
  return { name, rest, id: mayBeId ? Number(rest) : undefined }
}

/**
 * The only one of at most two things that a reference finds. Throws USAGE if digits are the id of one of them and the
 * name of the other. `kind` is the kind of that name, and `things` names both.
 */
export function onlyOne<T extends { readonly id: number }>(
  reference: string,
  [first, second]: readonly T[],
  kind: string,
  things: (byId: T, byName: T) => string,
): T | undefined {
  if (first === undefined || second === undefined) return first
  const [byId, byName] = first.id === Number(reference) ? [first, second] : [second, first]
  throw new DbtoolError('USAGE', `${quoteValue(reference)} is ${things(byId, byName)}`, {
    hint: `write id:${reference} or ${kind}:${reference}`,
  })
}
