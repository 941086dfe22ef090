import { type Column, hasAny } from './columns.ts'
import { longestRecord, readText } from './lines.ts'
import { type JsonObject, pathsIn } from './paths.ts'
import type { Source } from './source.ts'

/** A list of objects within a document that is one object, as the answers of most interfaces are. */
export interface JsonList {
  /** The number of characters before its bracket, and its line. */
  readonly at: number
  readonly line: number
  /** The number of objects around it. */
  readonly depth: number
  /** The paths from the document, and those from the first element. */
  readonly outer: readonly string[]
  readonly inner: readonly string[]
}

/** Finds the first list of objects of a document that is one object; undefined if there is none. */
export async function listIn(source: Source): Promise<JsonList | undefined> {
  let head = ''
  for await (const { text } of readText(source)) {
    head += text
    if (!/^\s*(?:\{|$)/.test(head)) return undefined
    if (head.length >= longestRecord) break
  }
  return findList(head)
}

/** Whether the elements of a list are the records, and not the object around it, which may be one order. */
export function isListOfRecords({ inner, outer }: JsonList, columns: readonly Column[]): boolean {
  const count = (paths: readonly string[]): number =>
    columns.filter(({ candidates }) => hasAny(candidates, paths)).length
  return count(outer) === 0 || count(inner) > count(outer)
}

/** A text that is never closed ends with the document. */
const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$)|[{}[\],:]|[^\s"{}[\],:]+/g

/** Reads a document, or its beginning. Undefined also for one that continues after its object, such as NDJSON. */
function findList(text: string): JsonList | undefined {
  const walk = new Walk()
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (walk.isEnded) return undefined
    walk.next(token, index)
  }
  const { list } = walk
  if (list === undefined) return undefined
  const inner = pathsIn(parsed(text.slice(list.from, list.to)))
  const paths = [...walk.outer, ...inner.map((path) => `${list.path.join('.')}[].${path}`)]
  return {
    at: list.at,
    line: text.slice(0, list.at).split('\n').length,
    depth: list.path.length,
    outer: walk.isEnded ? pathsIn(parsed(text)) : paths,
    inner,
  }
}

function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return {}
  }
}

/** Goes through the tokens of a document until the end of the first element of its first list of objects. */
class Walk {
  /** The paths outside of lists. */
  readonly outer: string[] = []
  list: { readonly at: number; readonly path: readonly string[]; readonly from: number; to?: number } | undefined
  isEnded = false
  /** The keys of the open objects outside of lists; that of the document is empty. */
  readonly #path: string[] = []
  #key = ''
  /** The number of open brackets from the outermost list on. */
  #inList = 0
  #before = { token: '', at: 0 }

  next(token: string, at: number): void {
    if (token === '{' || token === '[') this.#enter(token, at)
    else if (token === '}' || token === ']') this.#leave(at)
    else if (token === ':' && this.#inList === 0) {
      this.#key = this.#before.token.replace(/^"(.*)"$/s, '$1')
      this.outer.push([...this.#path.slice(1), this.#key].join('.'))
    }
    this.#before = { token, at }
  }

  #enter(bracket: string, at: number): void {
    if (this.#inList === 0 && bracket === '{') this.#path.push(this.#key)
    else this.#inList += 1
    const isElement = bracket === '{' && this.#inList === 2 && this.#before.token === '['
    if (isElement) this.list ??= { at: this.#before.at, path: [...this.#path.slice(1), this.#key], from: at }
  }

  #leave(at: number): void {
    if (this.#inList === 2 && this.list !== undefined) this.list.to ??= at + 1
    if (this.#inList > 0) this.#inList -= 1
    else this.#path.pop()
    this.isEnded = this.#path.length === 0
  }
}
